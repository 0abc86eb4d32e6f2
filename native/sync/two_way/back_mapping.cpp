#include "sync/two_way/back_mapping.hpp"

#include <optional>
#include <string>
#include <unordered_set>

#include <fmt/format.h>

#include "base/error.hpp"
#include "transformer/faults.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

/// {from: to} as {to: from}, if no two keys have one value.
std::optional<json> turned_table(const json& params) {
  if (!params.is_object() || params.size() != 1 || !params.contains("table") || !params["table"].is_object())
    return std::nullopt;
  json table = json::object();
  for (const auto& [from, to] : params["table"].items()) {
    if (!to.is_string() || table.contains(to.get<std::string>())) return std::nullopt;
    table[to.get<std::string>()] = from;
  }
  return json{{"type", "lookup"}, {"params", {{"table", std::move(table)}}}};
}

std::optional<json> turned_number(const json& params) {
  if (!params.is_object() || params.size() != 1 || !params.contains("number")) return std::nullopt;
  const json& options = params["number"];
  if (!options.is_object() || options.size() != 1 || !options.contains("shift") ||
      !options["shift"].is_number_integer())
    return std::nullopt;
  return json{{"type", "format"}, {"params", {{"number", {{"shift", -options["shift"].get<int64_t>()}}}}}};
}

/// The transformation that undoes `step` for every value, if there is one.
std::optional<json> turned(const json& step) {
  const json& one = step.is_array() && step.size() == 1 ? step[0] : step;
  if (!one.is_object() || !one.contains("params")) return std::nullopt;
  const json type = one.value("type", json());
  if (type == "lookup") return turned_table(one["params"]);
  if (type == "format") return turned_number(one["params"]);
  return std::nullopt;
}

bool is_plain_name(const std::string& path) { return path.find_first_of(".[]\"") == std::string::npos; }

/// Reads the mappings and gathers what cannot be turned round.
class Turner {
 public:
  Turner(const json& mappings, std::string_view at) : mappings_(mappings), at_(at) {}

  void run() {
    for (size_t slot = 0; slot < mappings_.size(); ++slot) turn(slot, fmt::format("{}[{}]", at_, slot));
    if (slots.empty() && faults_.empty()) faults_.add(at_, "a two-way sync needs a field that goes both ways", "");
    faults_.throw_if_any();
  }

  json back = json::array();
  std::vector<size_t> slots;
  std::vector<bool> flows_back;

 private:
  void fault(std::string_view at, std::string_view reason, std::string_view fix) { faults_.add(at, reason, fix); }

  void turn(size_t slot, const std::string& at) {
    const json& field = mappings_[slot];
    flows_back.push_back(false);
    const json direction = field.value("direction", json("both"));
    if (direction == "to_target") return;
    if (direction != "both") return fault(at + ".direction", "this is no direction", "write \"both\" or \"to_target\"");
    const std::string source = field.value("source", ""), target = field.value("target", "");
    if (!is_plain_name(source))
      return fault(at, fmt::format("`{}` belongs to another record, and cannot be written from here", source),
                   "add direction: \"to_target\"");
    if (!sources_.insert(source).second)
      return fault(at, fmt::format("`{}` is filled from an earlier field already", source),
                   "add direction: \"to_target\" to one of them");
    json reversed = field.value("reverse", json());
    if (reversed.is_null() && field.contains("transformation")) {
      const std::optional<json> inverse = turned(field["transformation"]);
      if (!inverse)
        return fault(at + ".transformation", fmt::format("what fills `{}` cannot be turned round", target),
                     "say with `reverse` how to get the source's value back, or add direction: \"to_target\"");
      reversed = *inverse;
    }
    json one{{"source", quoted(target)}, {"target", source}, {"onError", "fail_record"}};
    if (!reversed.is_null()) one["transformation"] = std::move(reversed);
    if (field.value("pii", false)) one["pii"] = true;
    back.push_back(std::move(one));
    slots.push_back(slot);
    flows_back.back() = true;
  }

  /// The target's fields are names, not paths.
  static std::string quoted(const std::string& name) {
    if (is_plain_name(name)) return name;
    std::string out = "\"";
    for (const char c : name) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  }

  const json& mappings_;
  std::string_view at_;
  std::unordered_set<std::string> sources_;
  Faults faults_;
};

}  // namespace

BackMapping BackMapping::compile(const json& field_mappings, std::string_view at) {
  Turner turner(field_mappings, at);
  turner.run();
  BackMapping out(MappingPlan::compile(turner.back, fmt::format("{} (turned round)", at)));
  if (!out.plan_.outside().empty())
    throw MappingError({{std::string(at), "`reverse` cannot ask other systems",
                         "use a lookup with a table in the mapping, or direction: \"to_target\""}});
  out.slots_ = std::move(turner.slots);
  out.flows_back_ = std::move(turner.flows_back);
  return out;
}

}  // namespace nexpo
