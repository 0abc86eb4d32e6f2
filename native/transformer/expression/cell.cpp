#include "transformer/expression/cell.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "record/json.hpp"
#include "transformer/expression/access.hpp"
#include "transformer/expression/base64.hpp"
#include "transformer/expression/double_form.hpp"
#include "transformer/expression/static_type.hpp"
#include "transformer/expression/time.hpp"

namespace nexpo::cel {
namespace {

bool unfit(Run& run, const Datum& value) {
  run.fail(FaultCode::bad_conversion);
  run.fault.left = value.kind;
  return false;
}

bool decimal_of(Run& run, std::string_view text, Datum& out) {
  const std::optional<Decimal38> number = Decimal38::parse(text);
  if (!number) return run.fail(FaultCode::too_many_digits);
  out = Datum::of(*number);
  return true;
}

class JsonReader {
 public:
  JsonReader(Run& run, std::string_view text) : run_(run), cursor_(text, run.tokens) {}

  bool read(Datum& out, int depth = 0) {
    if (depth > kJsonDepthMax) return run_.fail(FaultCode::too_much_data);
    switch (cursor_.peek()) {
      case '{': return object(out, depth);
      case '[': return array(out, depth);
      case '"': out = Datum::text(cursor_.take_string(*run_.arena), true); return true;
      case 't':
      case 'f':
      case 'n': return word(out);
      default: return decimal_of(run_, cursor_.take_number(), out);
    }
  }
  bool at_end() const { return cursor_.at_end(); }

 private:
  bool word(Datum& out) {
    const std::string_view word = cursor_.take_word();
    out = word == "null" ? Datum::null() : Datum::of(word == "true");
    return true;
  }

  bool array(Datum& out, int depth) {
    out = Datum::list(std::span<const Datum>());
    cursor_.advance();
    if (cursor_.peek() == ']') return cursor_.advance(), true;
    do {
      Datum item;
      if (!read(item, depth + 1) || !push_item(run_, out, item)) return false;
    } while (cursor_.take_comma(']'));
    return true;
  }

  // Of two members with one name the last one holds.
  bool object(Datum& out, int depth) {
    out = Datum::map(std::span<const Entry>());
    cursor_.advance();
    if (cursor_.peek() == '}') return cursor_.advance(), true;
    do {
      const std::string_view name = cursor_.unescape_name(cursor_.take_name(), *run_.arena);
      Datum value;
      if (!read(value, depth + 1)) return false;
      const Datum key = Datum::text(name, true);
      if (const Datum* known = find_key(run_, out, key)) {
        *const_cast<Datum*>(known) = value;  // in the map that is being made
      } else if (!push_entry(run_, out, key, value)) {
        return false;
      }
    } while (cursor_.take_comma('}'));
    return true;
  }

  Run& run_;
  JsonCursor cursor_;
};

bool json_of(Run& run, std::string_view text, Datum& out) {
  run.charge_bytes(text.size());
  run.tokens.read(text);
  JsonReader reader(run, text);
  return reader.read(out) && (reader.at_end() || run.fail(FaultCode::bad_conversion));
}

// The text of a scalar; false for what is no scalar.
bool scalar_text(const Datum& value, std::string& out) {
  char place[Decimal38::kTextMax];
  switch (value.kind) {
    case Kind::integer: out += fmt::format("{}", value.integer); return true;
    case Kind::natural: out += fmt::format("{}", value.natural); return true;
    case Kind::decimal: out.append(place, value.decimal().write(place)); return true;
    case Kind::real:
      if (!std::isfinite(value.real.number)) return false;
      out.append(place, write_double(value.real.number, place));
      return true;
    default: return false;
  }
}

bool quoted_text(const Datum& value, std::string& out) {
  char place[kDurationTextMax + kIsoTextMax];
  switch (value.kind) {
    case Kind::text: out += value.view(); return true;
    case Kind::instant: out.append(place, write_iso(moment_of(value, 0), place)); return true;
    case Kind::duration: out.append(place, write_duration(value.integer, place)); return true;
    case Kind::type: out += name_of(value.type); return true;
    case Kind::bytes: {
      const size_t before = out.size();
      out.resize(before + base64_size(value.size));
      write_base64(value.view(), out.data() + before);
      return true;
    }
    default: return false;
  }
}

bool append_json_of(Run& run, const Datum& value, std::string& out);

bool append_map_json(Run& run, const Datum& map, std::string& out) {
  out += '{';
  for (const Entry& entry : map.map()) {
    if (&entry != map.entries) out += ',';
    std::string key;
    if (entry.key.is(Kind::boolean)) {
      key = entry.key.boolean ? "true" : "false";
    } else if (!scalar_text(entry.key, key) && !quoted_text(entry.key, key)) {
      return unfit(run, entry.key);
    }
    append_json_string(out, key);
    out += ':';
    if (!append_json_of(run, entry.value, out)) return false;
  }
  out += '}';
  return true;
}

bool append_json_of(Run& run, const Datum& value, std::string& out) {
  run.charge_items(1);
  if (run.is_exhausted()) return run.fail(FaultCode::too_costly);
  switch (value.kind) {
    case Kind::null: out += "null"; return true;
    case Kind::boolean: out += value.boolean ? "true" : "false"; return true;
    case Kind::map: return append_map_json(run, value, out);
    case Kind::list:
      out += '[';
      for (const Datum& item : value.list()) {
        if (&item != value.items) out += ',';
        if (!append_json_of(run, item, out)) return false;
      }
      out += ']';
      return true;
    default: break;
  }
  if (scalar_text(value, out)) return true;
  std::string text;
  if (!quoted_text(value, text)) return unfit(run, value);
  run.charge_bytes(text.size());
  append_json_string(out, text);
  return true;
}

}  // namespace

bool datum_of_cell(Run& run, const Value& cell, Datum& out) {
  switch (cell.kind()) {
    case ValueKind::text: out = Datum::text(cell.view(), true); return true;
    case ValueKind::number: return decimal_of(run, cell.view(), out);
    case ValueKind::boolean: out = Datum::of(cell.view() == "true"); return true;
    case ValueKind::json: return json_of(run, cell.view(), out);
    case ValueKind::unset:
    case ValueKind::null: break;
  }
  out = Datum::null();
  return true;
}

bool cell_of_datum(Run& run, const Datum& value, Arena& arena, Value& out) {
  std::string& text = run.scratch;
  text.clear();
  char place[Decimal38::kTextMax];
  switch (value.kind) {
    case Kind::null: out = Value::null(); return true;
    case Kind::boolean: out = Value::boolean(value.boolean); return true;
    case Kind::text: out = Value::text(value.lasting ? value.view() : arena.copy(value.view())); return true;
    case Kind::decimal: out = Value::number(arena.copy({place, value.decimal().write(place)})); return true;
    case Kind::integer: {
      const auto end = std::to_chars(place, place + kDoubleTextMax, value.integer).ptr;
      out = Value::number(arena.copy({place, static_cast<size_t>(end - place)}));
      return true;
    }
    case Kind::natural:
    case Kind::real:
      if (!scalar_text(value, text)) return unfit(run, value);
      out = Value::number(arena.copy(text));
      return true;
    case Kind::list:
    case Kind::map:
      if (!append_json_of(run, value, text)) return false;
      out = Value::json(arena.copy(text));
      return true;
    default:
      if (!quoted_text(value, text)) return unfit(run, value);
      out = Value::text(arena.copy(text));
      return true;
  }
}

}  // namespace nexpo::cel
