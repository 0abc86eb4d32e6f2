#include "connectors/spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.hpp"

namespace nexpo {
namespace {

/// Edits (one character put in, left out, exchanged or swapped with its neighbour) between two names, regardless of
/// case.
size_t edits_between(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + !same(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

constexpr size_t kNameLengthMax = 64;  // longer unknown keys are not compared with known ones

/// The known option that `name` was probably meant to be, or "".
std::string_view nearest(const Spec& spec, std::string_view name) {
  if (name.size() > kNameLengthMax) return {};
  std::string_view best;
  size_t best_edits = name.size() / 3 + 2;
  for (const Option& option : spec.options) {
    const size_t edits = edits_between(name, option.name);
    if (edits < best_edits) {
      best = option.name;
      best_edits = edits;
    }
  }
  return best;
}

std::optional<int64_t> integer_in(const nlohmann::json& value) {
  if (value.is_number_integer()) return value.get<int64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number)
                                                                                   : std::nullopt;
}

std::optional<bool> boolean_in(const nlohmann::json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value == "true") return true;
  if (value == "false") return false;
  return std::nullopt;
}

bool is_url(const std::string& text) {
  const size_t scheme = text.find("://");
  return (text.starts_with("https://") || text.starts_with("http://")) && text.size() > scheme + 3 &&
         text.find_first_of(" \t\r\n") == std::string::npos;
}

/// Reads one value as the option's type into `out`; gives what is wrong with it, or "".
std::string read_value(const Option& option, const nlohmann::json& value, nlohmann::json& out) {
  switch (option.type) {
    case OptionType::text:
    case OptionType::secret:
      if (!value.is_string()) return "must be text";
      out = value;
      return "";
    case OptionType::url:
      if (!value.is_string() || !is_url(value.get_ref<const std::string&>()))
        return "must be a URL that starts with https:// or http://";
      out = value;
      return "";
    case OptionType::integer: {
      const std::optional<int64_t> number = integer_in(value);
      if (!number) return "must be a whole number";
      if (option.max > option.min && (*number < option.min || *number > option.max))
        return fmt::format("must be between {} and {}", option.min, option.max);
      out = *number;
      return "";
    }
    case OptionType::boolean: {
      const std::optional<bool> yes = boolean_in(value);
      if (!yes) return "must be true or false";
      out = *yes;
      return "";
    }
    case OptionType::choice:
      if (!value.is_string() || std::find(option.choices.begin(), option.choices.end(),
                                          value.get_ref<const std::string&>()) == option.choices.end())
        return fmt::format("must be one of {}", fmt::join(option.choices, ", "));
      out = value;
      return "";
    case OptionType::list:
      if (!value.is_array() ||
          !std::all_of(value.begin(), value.end(), [](const auto& one) { return one.is_string(); }))
        return "must be a list of texts";
      out = value;
      return "";
    case OptionType::object:
      if (!value.is_object()) return "must be an object";
      out = value;
      return "";
  }
  return "has an unknown type";
}

bool is_absent(const nlohmann::json& value) {
  return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty());
}

}  // namespace

std::string_view name_of(OptionType type) {
  switch (type) {
    case OptionType::text: return "text";
    case OptionType::secret: return "secret";
    case OptionType::url: return "url";
    case OptionType::integer: return "integer";
    case OptionType::boolean: return "boolean";
    case OptionType::choice: return "choice";
    case OptionType::list: return "list";
    case OptionType::object: return "object";
  }
  return "text";
}

nlohmann::json fallback_of(const Option& option) {
  nlohmann::json value;
  if (!option.fallback.empty()) read_value(option, std::string(option.fallback), value);
  return value;
}

nlohmann::json check_config(const Spec& spec, const nlohmann::json& config, std::string_view at) {
  if (!config.is_object())
    throw Error(ErrorKind::invalid, fmt::format("{}: must be an object", at)).with_field(std::string(at));
  std::vector<std::string> faults;
  std::string first_field;
  const auto fault = [&](std::string_view name, std::string_view what) {
    if (faults.empty()) first_field = fmt::format("{}.{}", at, name);
    faults.push_back(fmt::format("{}.{} {}", at, name, what));
  };

  for (const auto& item : config.items()) {
    const std::string& name = item.key();
    const bool known = std::any_of(spec.options.begin(), spec.options.end(),
                                   [&](const Option& option) { return option.name == name; });
    if (known) continue;
    const std::string_view meant = nearest(spec, name);
    std::vector<std::string_view> all;
    for (const Option& option : spec.options) all.push_back(option.name);
    fault(name, meant.empty() ? fmt::format("is unknown; known are {}", fmt::join(all, ", "))
                              : fmt::format("is unknown; did you mean \"{}\"?", meant));
  }

  nlohmann::json checked = nlohmann::json::object();
  for (const Option& option : spec.options) {
    const auto given = config.find(option.name);
    if (given != config.end() && !is_absent(*given)) {
      nlohmann::json value;
      const std::string wrong = read_value(option, *given, value);
      if (!wrong.empty())
        fault(option.name, wrong);
      else
        checked[std::string(option.name)] = std::move(value);
    } else if (!option.fallback.empty()) {
      nlohmann::json value;
      read_value(option, std::string(option.fallback), value);
      checked[std::string(option.name)] = std::move(value);
    } else if (option.required) {
      fault(option.name, fmt::format("is missing: {}", option.help));
    }
  }
  if (!faults.empty())
    throw Error(ErrorKind::invalid, fmt::format("{}", fmt::join(faults, "; "))).with_field(first_field);
  return checked;
}

}  // namespace nexpo
