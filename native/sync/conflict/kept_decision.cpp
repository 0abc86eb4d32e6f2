#include "sync/conflict/kept_decision.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "sync/kept_original.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

constexpr const char* kSealed = "sealed";

json parsed(std::string_view text) {
  json decision = json::parse(text, nullptr, false);
  return decision.is_object() ? decision : json::object();
}

json masked(std::string_view text) {
  json decision = parsed(text);
  decision.erase(kSealed);
  if (const auto fields = decision.find("fields"); fields != decision.end())
    for (json& field : *fields)
      if (field.is_object()) field["value"] = kMasked;
  return decision;
}

}  // namespace

bool gives_values(std::string_view plain) {
  const json fields = parsed(plain).value("fields", json::object());
  return std::ranges::any_of(fields, [](const json& field) { return field.is_object(); });
}

std::string seal_decision(std::string_view plain, const DataKey& key) {
  if (!gives_values(plain)) return std::string(plain);
  json decision = masked(plain);
  decision[kSealed] = key.seal(plain);
  return decision.dump();
}

std::string sealed_decision(std::string_view kept) { return parsed(kept).value(kSealed, ""); }

std::string masked_decision(std::string_view kept) { return masked(kept).dump(); }

}  // namespace nexpo
