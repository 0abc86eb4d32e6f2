#include "sql/read_position.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "record/utf8.hpp"
#include "sql/base64.hpp"

namespace nexpo::sql {
namespace {

constexpr std::array<std::pair<ReadPhase, std::string_view>, 3> kPhases{{
    {ReadPhase::everything, "everything"},
    {ReadPhase::changes, "changes"},
    {ReadPhase::unstamped, "unstamped"},
}};

void put(nlohmann::json& out, const char* name, const nlohmann::json& scalar) {
  if (!scalar.is_null()) out[name] = scalar;
}

nlohmann::json take(const nlohmann::json& in, const char* name) {
  const auto found = in.find(name);
  return found == in.end() ? nlohmann::json() : *found;
}

}  // namespace

ReadPosition ReadPosition::parse(const Cursor& cursor) {
  const nlohmann::json in = nlohmann::json::parse(cursor.text, nullptr, false);
  if (in.is_object()) {
    for (const auto& [phase, name] : kPhases)
      if (take(in, "phase") == name)
        return {phase, take(in, "since"), take(in, "until"), take(in, "next"), take(in, "stamp"), take(in, "key")};
  }
  throw Error(ErrorKind::invalid, "the stored cursor was not made by this connector; run the sync in full once");
}

Cursor ReadPosition::cursor() const {
  nlohmann::json out;
  for (const auto& [phase_value, name] : kPhases)
    if (phase_value == phase) out["phase"] = name;
  put(out, "since", since);
  put(out, "until", until);
  put(out, "next", next);
  put(out, "stamp", after_stamp);
  put(out, "key", after_key);
  return {out.dump()};
}

Cursor ReadPosition::next_run() const {
  if (next.is_null()) return {};
  return ReadPosition{ReadPhase::changes, next, {}, {}, {}, {}}.cursor();
}

nlohmann::json scalar_of(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  return nlohmann::json{{"base64", to_base64(text)}};
}

std::string text_of(const nlohmann::json& scalar) {
  if (scalar.is_string()) return scalar.get<std::string>();
  if (scalar.is_object()) return from_base64(scalar.at("base64").get<std::string>()).value_or("");
  return scalar.is_null() ? "" : scalar.dump();
}

}  // namespace nexpo::sql
