// Spec: a connector's configuration as data. It checks input, and fills the docs page and form fields.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace nexpo {

enum class OptionType { text, secret, url, integer, boolean, choice, list, object };

std::string_view name_of(OptionType type);

struct Option {
  std::string_view name;
  OptionType type = OptionType::text;
  bool required = false;
  std::string_view help;                           ///< one sentence, plain English
  std::string_view fallback = {};                  ///< the default, as text; empty: none
  std::span<const std::string_view> choices = {};  ///< for `choice`
  int64_t min = 0, max = 0;                        ///< for `integer`, if max > min
};

/// The default as check_config() fills it in; null if there is none.
nlohmann::json fallback_of(const Option& option);

struct Spec {
  std::string_view title;
  std::string_view help;
  std::span<const Option> options;
};

/// Checks `config` and gives it back with defaults filled in. Throws one Error{invalid} that lists every fault: unknown
/// keys (with the nearest known one), missing required ones, wrong types. `at` is where the config stands, for
/// messages ("source.config"). Values of secrets never appear in a message.
nlohmann::json check_config(const Spec& spec, const nlohmann::json& config, std::string_view at);

}  // namespace nexpo
