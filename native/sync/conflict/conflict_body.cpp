#include "sync/conflict/conflict_body.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "record/json.hpp"
#include "sync/kept_original.hpp"

namespace nexpo {
namespace {

void append_member(std::string& out, std::string_view name, Value value) {
  if (value.is(ValueKind::unset)) return;
  out += fmt::format(",\"{}\":", name);
  append_json(out, value);
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out += fmt::format(",\"{}\":", name);
  append_json_string(out, text);
}

void append_editor(std::string& out, std::string_view name, const RowHead& head) {
  if (head.editor.empty()) return;
  out += fmt::format(",\"{}\":{{\"user\":", name);
  append_json_string(out, head.editor);
  out += fmt::format(",\"self\":{}}}", head.by_us);
}

void append_took(std::string& out, const FieldVerdict& verdict, bool masked) {
  switch (verdict.take) {
    case Take::source: out += ",\"took\":\"source\""; return;
    case Take::target: out += ",\"took\":\"target\""; return;
    case Take::merged:
      out += ",\"took\":{\"value\":";
      append_json(out, masked && verdict.value.present() ? Value::text(kMasked) : verdict.value);
      out += "}";
      return;
    case Take::nothing:
    case Take::agree:
    case Take::hold: return;
  }
}

/// One field, its values as they are or masked.
void append_field(std::string& out, const ConflictCells& what, size_t slot, const ReconcileRules& rules, bool masked) {
  const auto shown = [&](Value value) { return masked && value.present() ? Value::text(kMasked) : value; };
  const FieldVerdict& verdict = what.verdicts[slot];
  out += "{\"field\":";
  append_json_string(out, (*what.fields)[slot]);
  if (what.cells.known[slot] != 0) append_member(out, "base", shown(what.cells.base[slot]));
  append_member(out, "source", shown(what.cells.source[slot]));
  append_member(out, "target", shown(what.cells.target[slot]));
  append_text(out, "state", name_of(verdict.state));
  append_took(out, verdict, masked);
  if (verdict.settled == Settled::rule)
    append_text(out, "rule", name_of(rules.fields[slot].merge));
  else if (verdict.settled == Settled::strategy || verdict.settled == Settled::later || verdict.settled == Settled::tie)
    append_text(out, "rule", fmt::format("{}: {}", name_of(rules.strategy_of_rest()), name_of(verdict.settled)));
  else if (verdict.settled != Settled::no_need)
    append_text(out, "rule", name_of(verdict.settled));
  if (rules.group[slot] != ReconcileRules::kNoGroup) out += fmt::format(",\"group\":{}", rules.group[slot]);
  out += "}";
}

std::string body_of(const ConflictCells& what, std::span<const size_t> slots, const ReconcileRules& rules,
                    const PersonalData* personal) {
  std::string out = "{\"fields\":[";
  for (size_t i = 0; i < slots.size(); ++i) {
    if (i > 0) out += ",";
    append_field(out, what, slots[i], rules, personal && personal->is_personal(slots[i]));
  }
  out += "]";
  append_text(out, "sourceAt", what.source.version);
  append_text(out, "targetAt", what.target.version);
  append_editor(out, "sourceBy", what.source);
  append_editor(out, "targetBy", what.target);
  append_text(out, "reason", what.reason);
  return out + "}";
}

Side side_named(const nlohmann::json& word, std::string_view at) {
  if (word == "source") return Side::source;
  if (word == "target") return Side::target;
  throw Error(ErrorKind::invalid, fmt::format("{}: must be \"source\" or \"target\"", at)).with_field(std::string(at));
}

/// Where the values of a decision stand, by the names of their fields.
Selection values_of(const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    std::string quoted;
    for (const char letter : name)
      quoted += letter == '"' || letter == '\\' ? std::string{'\\', letter} : std::string{letter};
    paths.push_back(fmt::format(R"(fields."{}".value)", quoted));
  }
  return Selection(std::move(paths));
}

/// A batch whose cells live as long as `arena`.
RecordBatch batch_in(Arena& arena, const Selection& selection) {
  auto memory = std::make_shared<Arena>();
  arena.keep(memory);
  return {selection.shape(), std::move(memory)};
}

}  // namespace

std::vector<KeptField> read_fields(std::string_view body, Arena& arena) {
  static const Selection columns({"field", "state", "base", "source", "target", "group", "took.value"});
  RecordBatch rows = batch_in(arena, columns);
  (void)JsonDecoder().decode_page(rows.arena()->copy(body), "fields", columns, rows);
  std::vector<KeptField> fields;
  for (size_t row = 0; row < rows.size(); ++row) {
    const std::span<const Value> cells = std::as_const(rows).row(row);
    fields.push_back({cells[0].view(), FieldState::both_differ, cells[2], cells[3], cells[4], cells[5], cells[6]});
    for (const FieldState state : {FieldState::source_only, FieldState::target_only, FieldState::both_equal})
      if (cells[1].view() == name_of(state)) fields.back().state = state;
  }
  return fields;
}

std::string side_hash(std::span<const Value> side, std::span<const size_t> slots, const PersonalData* personal) {
  std::vector<Value> cells;
  for (const size_t slot : slots) cells.push_back(side.empty() ? Value() : side[slot]);
  Fingerprint print = fingerprint_of(cells);
  if (personal) personal->shield({&print, 1});
  std::string text;
  for (const uint8_t byte : print.bytes) text += fmt::format("{:02x}", byte);
  return text;
}

void describe_conflict(const ConflictCells& what, std::span<const size_t> slots, const ReconcileRules& rules,
                       const PersonalData* personal, Conflict& conflict) {
  nlohmann::json names = nlohmann::json::array();
  bool any_personal = false;
  for (const size_t slot : slots) {
    names.push_back((*what.fields)[slot]);
    any_personal = any_personal || (personal && personal->is_personal(slot));
  }
  conflict.fields = names.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  conflict.body = body_of(what, slots, rules, personal);
  conflict.sealed = any_personal ? personal->seal(body_of(what, slots, rules, nullptr)) : std::string();
  conflict.source_hash = side_hash(what.cells.source, slots, personal);
  conflict.target_hash = side_hash(what.cells.target, slots, personal);
}

std::optional<FieldChoice> ConflictDecision::of(const std::string& field) const {
  if (const auto found = fields.find(field); found != fields.end()) return found->second;
  if (take) return FieldChoice{*take, std::nullopt};
  return std::nullopt;
}

ConflictDecision ConflictDecision::parse(std::string_view text, Arena& arena) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) throw Error(ErrorKind::invalid, "decision: must be an object");
  ConflictDecision out;
  out.undo = json.value("undo", false);
  if (const auto take = json.find("take"); take != json.end()) out.take = side_named(*take, "take");
  const auto fields = json.find("fields");
  if (fields == json.end()) return out;
  if (!fields->is_object()) throw Error(ErrorKind::invalid, "fields: must be an object").with_field("fields");
  std::vector<std::string> given;
  for (const auto& [name, choice] : fields->items()) {
    if (choice.is_object() && choice.contains("value"))
      given.push_back(name);
    else
      out.fields[name] = {side_named(choice, "fields." + name), std::nullopt};
  }
  if (given.empty()) return out;
  const Selection values = values_of(given);
  RecordBatch rows = batch_in(arena, values);
  JsonDecoder().decode_record(rows.arena()->copy(text), values, rows);
  for (size_t slot = 0; slot < given.size(); ++slot) out.fields[given[slot]] = {Side::source, rows.row(0)[slot]};
  return out;
}

}  // namespace nexpo
