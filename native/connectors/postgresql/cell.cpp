// How one cell passes in and out of a column.
#include <array>
#include <cstring>

#include <nlohmann/json.hpp>

#include "connectors/postgresql/table.hpp"
#include "sql/base64.hpp"
#include "sql/pg_copy.hpp"

namespace nexpo::postgresql {
namespace {

constexpr CellFault kNul{"22P05", "PostgreSQL cannot store the character NUL (U+0000); take it out in the mapping"};
constexpr CellFault kNotUtf8{"22021", "the text is not valid UTF-8; PostgreSQL stores nothing else"};
constexpr CellFault kNotBase64{"not_base64", "a bytea column takes base64 text"};
constexpr CellFault kNotArray{"22P02", "an array column takes a JSON list of plain values"};

std::optional<CellFault> append_text(std::string& line, std::string_view text) {
  switch (sql::append_copy_text(line, text)) {
    case sql::PgTextFault::nul: return kNul;
    case sql::PgTextFault::not_utf8: return kNotUtf8;
    case sql::PgTextFault::none: break;
  }
  return std::nullopt;
}

std::optional<CellFault> append_binary(std::string& line, std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  const std::optional<std::string> bytes = sql::from_base64(text);
  if (!bytes) return kNotBase64;
  line += "\\\\x";
  for (const char c : *bytes) {
    line += kDigits[static_cast<unsigned char>(c) >> 4];
    line += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return std::nullopt;
}

/// End of the JSON string that starts at `at`, behind its quote; npos if it has none.
size_t string_end(std::string_view json, size_t at) {
  for (size_t i = at + 1; i < json.size(); ++i) {
    if (json[i] == '\\')
      ++i;
    else if (json[i] == '"')
      return i + 1;
  }
  return std::string_view::npos;
}

/// A JSON list of texts, numbers, booleans, nulls and such lists, as PostgreSQL writes an array: {1,"two",NULL}.
/// Null if it holds anything else. Numbers are passed on as they are.
std::optional<std::string> array_literal(std::string_view json) {
  std::string out;
  for (size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '[' || c == ']') {
      out += c == '[' ? '{' : '}';
      ++at;
    } else if (c == '"') {
      const size_t end = string_end(json, at);
      if (end == std::string_view::npos) return std::nullopt;
      const nlohmann::json text = nlohmann::json::parse(json.substr(at, end - at), nullptr, false);
      if (!text.is_string()) return std::nullopt;
      out += '"';
      for (const char byte : text.get_ref<const std::string&>()) {
        if (byte == '"' || byte == '\\') out += '\\';
        out += byte;
      }
      out += '"';
      at = end;
    } else if (json.substr(at, 4) == "null") {
      out += "NULL";
      at += 4;
    } else if (c == '{' || c == '}' || c == ':') {
      return std::nullopt;
    } else {
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') out += c;
      ++at;
    }
  }
  return out;
}

std::optional<CellFault> append_array(std::string& line, std::string_view json) {
  const std::optional<std::string> literal = array_literal(json);
  return literal ? append_text(line, *literal) : kNotArray;
}

/// "2026-01-31 23:59:59.5+00" as "2026-01-31T23:59:59.5Z". Infinite times, and years that are not four digits, stay.
std::string_view iso_time(char* text, size_t size) {
  constexpr size_t kDateLength = 10;
  if (size <= kDateLength || text[kDateLength] != ' ' || text[4] != '-') return {text, size};
  text[kDateLength] = 'T';
  if (size > 3 && std::memcmp(text + size - 3, "+00", 3) == 0) {
    text[size - 3] = 'Z';
    size -= 2;
  }
  return {text, size};
}

/// Takes the blanks out that PostgreSQL puts behind the commas and colons of a jsonb: the shortest form is what most
/// systems send, and what is compared with it should look alike.
std::string_view without_blanks(char* json, size_t size) {
  size_t end = 0;
  bool in_text = false;
  for (size_t at = 0; at < size; ++at) {
    const char c = json[at];
    if (c == ' ' && !in_text) continue;
    if (c == '"') in_text = !in_text;
    json[end++] = c;
    if (c == '\\' && in_text && at + 1 < size) json[end++] = json[++at];
  }
  return {json, end};
}

Value read_json(std::string_view text) {
  if (text == "null") return Value::null();
  if (text == "true" || text == "false") return Value::boolean(text == "true");
  const bool number = !text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'));
  return number ? Value::number(text) : Value::json(text);
}

/// Text that stands for no number: NaN, Infinity, -Infinity.
bool is_no_number(std::string_view text) { return text.find_first_not_of("0123456789.+-eE") != std::string_view::npos; }

}  // namespace

std::string selected(const Column& column, std::string_view name) {
  if (column.category == 'A' || column.category == 'C') return "to_json(" + std::string(name) + ")";
  return std::string(name);
}

std::string differs(const Column& column, std::string_view a, std::string_view b) {
  // Types without equality, and types whose equal values may be spelled differently, are compared as texts.
  static constexpr std::array<std::string_view, 12> kAsText{
      "json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "citext", "bpchar", "interval"};
  bool as_text = column.base == "numeric" && !column.precision;
  for (const std::string_view type : kAsText) as_text = as_text || type == column.base;
  const std::string_view cast = as_text ? "::text" : column.odd_collation ? " COLLATE \"C\"" : "";
  return std::string(a) + std::string(cast) + " IS DISTINCT FROM " + std::string(b) + std::string(cast);
}

std::optional<CellFault> append_cell(std::string& line, Value value, const Column& column) {
  switch (value.kind()) {
    case ValueKind::unset:
    case ValueKind::null: line += sql::kCopyNull; return std::nullopt;
    case ValueKind::boolean:
      if (column.type == FieldType::integer || column.type == FieldType::number)
        line += value.view() == "true" ? '1' : '0';
      else
        line += value.view();
      return std::nullopt;
    case ValueKind::json:
      if (column.is_array()) return append_array(line, value.view());
      return append_text(line, value.view());
    case ValueKind::text:
      if (column.type == FieldType::binary) return append_binary(line, value.view());
      return append_text(line, value.view());
    case ValueKind::number: return append_text(line, value.view());
  }
  return std::nullopt;
}

Value read_cell(const char* text, size_t size, const Column& column, Arena& arena) {
  if (!text) return Value::null();
  if (column.type == FieldType::boolean) return Value::boolean(text[0] == 't');
  if (column.type == FieldType::binary) return Value::text(arena.adopt(sql::to_base64(sql::from_hex({text, size}))));
  char* place = arena.allocate(size + 1);
  std::memcpy(place, text, size);
  const std::string_view kept(place, size);
  switch (column.type) {
    case FieldType::integer: return Value::number(kept);
    case FieldType::number: return is_no_number(kept) ? Value::text(kept) : Value::number(kept);
    case FieldType::datetime: return Value::text(iso_time(place, size));
    case FieldType::json: return read_json(column.base == "jsonb" ? without_blanks(place, size) : kept);
    default: return Value::text(kept);
  }
}

}  // namespace nexpo::postgresql
