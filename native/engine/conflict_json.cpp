#include "engine/conflict_json.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/exact_json.hpp"
#include "engine/query_methods.hpp"
#include "engine/report_json.hpp"
#include "sync/conflict/conflict_body.hpp"
#include "sync/conflict/kept_decision.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

constexpr std::string_view kDeleteUpdate = "delete_update";

[[noreturn]] void refuse(const std::string& member, const std::string& what) {
  throw Error(ErrorKind::invalid, fmt::format("{}: {}", member, what)).with_field(member);
}

json parsed(const std::string& text, const json& otherwise) {
  json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? otherwise : value;
}

/// A value that a person gave for a field may be as personal as those that it settles.
json shown_decision(const Conflict& conflict) {
  if (!conflict.sealed.empty()) return parsed(masked_decision(conflict.decision), json::object());
  json decision = parsed(conflict.decision, json::object());
  Arena arena;
  for (const auto& [name, choice] : ConflictDecision::parse(conflict.decision, arena).fields)
    if (choice.value) decision["fields"][name]["value"] = exact_json(*choice.value);
  return decision;
}

/// The fields of a body, their numbers exact.
json review_of(const Conflict& conflict, const json& body) {
  json review = body.value("fields", json::array());
  if (review.empty()) return review;
  Arena arena;
  const std::vector<KeptField> fields = read_fields(conflict.body, arena);
  for (size_t i = 0; i < review.size(); ++i) {
    const auto put = [&](json& out, const char* member, Value value) {
      if (value.is(ValueKind::number)) out[member] = exact_json(value);
    };
    put(review[i], "base", fields[i].base);
    put(review[i], "source", fields[i].source);
    put(review[i], "target", fields[i].target);
    if (!fields[i].given.is(ValueKind::unset)) put(review[i]["took"], "value", fields[i].given);
  }
  return review;
}

bool is_side(const json& value) { return value == "source" || value == "target"; }

void check_take(const json& take, const std::string& member) {
  if (!is_side(take)) refuse(member, R"(must be "source" or "target")");
}

void check_fields(const json& fields, const json& in_conflict) {
  if (!fields.is_object() || fields.empty()) refuse("fields", "must be an object with at least one field");
  for (const auto& [name, decision] : fields.items()) {
    const std::string member = "fields." + name;
    if (std::ranges::find(in_conflict, json(name)) == in_conflict.end())
      refuse(member, fmt::format("is not in conflict; those are {}", in_conflict.dump()));
    if (!is_side(decision) && !(decision.is_object() && decision.size() == 1 && decision.contains("value")))
      refuse(member, R"(must be "source", "target" or {"value": ...})");
  }
}

/// Fields of an atomic group go one way: "source", "target" or values.
void check_groups(const json& decision, const json& review) {
  const json take = decision.value("take", json());
  const json fields = decision.value("fields", json::object());
  std::map<int64_t, std::pair<std::string, json>> ways;  // by group: its first field, and where that goes
  for (const json& one : review) {
    if (!one.contains("group")) continue;
    const std::string name = one.value("field", "");
    const json own = fields.value(name, take);
    const json way = own.is_object() ? json("value") : own;
    const auto& [first, expected] = ways.try_emplace(one["group"].get<int64_t>(), name, way).first->second;
    if (way != expected)
      refuse("fields." + name, fmt::format("is decided as one with {}: take the same for both", first));
  }
}

}  // namespace

ConflictFilter conflict_filter_of(const json& body) {
  const CallBody call(body);
  ConflictFilter filter;
  filter.sync_id = call.optional_text("syncId").value_or("");
  filter.outcome = call.optional_text("outcome").value_or("");
  filter.kind = call.optional_text("kind").value_or("");
  filter.field = call.optional_text("field").value_or("");
  filter.key = call.optional_text("key").value_or("");
  filter.after = call.integer("after", 0, std::numeric_limits<int64_t>::max(), 0);
  filter.limit = static_cast<int>(call.integer("limit", 1, kListLimitMax, 100));
  const std::optional<std::string> state = call.optional_text("state");
  if (!state) return filter;
  for (const ConflictState one : {ConflictState::open, ConflictState::decided, ConflictState::closed})
    if (name_of(one) == *state) filter.state = one;
  if (!filter.state) refuse("state", "must be open, decided or closed");
  return filter;
}

json to_json(const Conflict& conflict) {
  json body = parsed(conflict.body, json::object());
  json out{{"id", conflict.id},
           {"syncId", conflict.sync_id},
           {"key", conflict.key},
           {"sourceKey", conflict.source_key},
           {"targetKey", conflict.target_key},
           {"kind", conflict.kind},
           {"state", name_of(conflict.state)},
           {"fields", parsed(conflict.fields, json::array())},
           {"review", review_of(conflict, body)},
           {"sourceHash", conflict.source_hash},
           {"targetHash", conflict.target_hash},
           {"run", conflict.run},
           {"openedAt", to_text(conflict.opened_at)},
           {"changedAt", to_text(conflict.changed_at)}};
  for (const char* member : {"sourceAt", "targetAt", "sourceBy", "targetBy", "reason"})
    if (body.contains(member)) out[member] = std::move(body[member]);
  if (!conflict.outcome.empty()) out["outcome"] = conflict.outcome;
  if (!conflict.decision.empty()) out["decision"] = shown_decision(conflict);
  if (!conflict.actor.empty()) out["actor"] = conflict.actor;
  return out;
}

json decision_for(const Conflict& conflict, const json& body) {
  json decision = json::object();
  const auto take = body.find("take"), fields = body.find("fields");
  if (take != body.end() && !take->is_null()) {
    check_take(*take, "take");
    decision["take"] = *take;
  }
  const json in_conflict = parsed(conflict.fields, json::array());
  if (fields != body.end() && !fields->is_null()) {
    if (conflict.kind == kDeleteUpdate) refuse("fields", "a deletion is taken or not: use take");
    check_fields(*fields, in_conflict);
    decision["fields"] = *fields;
  }
  if (decision.empty()) refuse("take", R"(must be "source" or "target", unless fields says what becomes of each)");
  if (!decision.contains("take"))
    for (const json& name : in_conflict)
      if (!decision["fields"].contains(name.get<std::string>()))
        refuse("fields." + name.get<std::string>(), "nothing is decided about it: name it, or give take for the rest");
  check_groups(decision, parsed(conflict.body, json::object()).value("fields", json::array()));
  return decision;
}

}  // namespace nexpo
