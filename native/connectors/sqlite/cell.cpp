// How one cell passes in and out of a column.
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/double_text.hpp"
#include "connectors/sqlite/table.hpp"
#include "sql/base64.hpp"

namespace nexpo::sqlite {
namespace {

constexpr size_t kExactDigits = 15;
constexpr size_t kDoubleTextMax = 32;  // the shortest text of any double fits

/// Digits and exponent of a decimal text: 12.50 is {"125", -1}. Two texts of one value give the same.
struct Decimal {
  std::string digits;
  int64_t exponent = 0;
  bool negative = false;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// Null if `text` is no decimal number.
std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) out.negative = text[at++] == '-';
  bool point = false;
  bool any = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
    } else if (text[at] >= '0' && text[at] <= '9') {
      any = true;
      if (point) --out.exponent;
      if (text[at] != '0' || !out.digits.empty()) out.digits += text[at];
    } else {
      break;
    }
  }
  if (!any) return std::nullopt;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    if (++at < text.size() && text[at] == '+') ++at;
    int exponent = 0;
    const auto [end, fault] = std::from_chars(text.data() + at, text.data() + text.size(), exponent);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    out.exponent += exponent;
  }
  while (!out.digits.empty() && out.digits.back() == '0') {
    out.digits.pop_back();
    ++out.exponent;
  }
  if (out.digits.empty()) out = {};
  return out;
}

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// The double that stands for exactly this decimal when it is spelled in the shortest way; null if there is none.
std::optional<double> exact_double(std::string_view text) {
  const std::optional<double> number = double_of(text);
  if (!number || text.size() <= kExactDigits) return number;
  const std::optional<Decimal> given = parse_decimal(text);
  if (!given) return std::nullopt;
  if (given->digits.size() <= kExactDigits) return number;
  char shortest[kDoubleTextMax];
  const std::to_chars_result spelled = std::to_chars(shortest, shortest + sizeof shortest, *number);
  const std::string_view kept(shortest, static_cast<size_t>(spelled.ptr - shortest));
  return parse_decimal(kept) == given ? number : std::nullopt;
}

/// Binds a decimal to a column that is not of text affinity. SQLite's own reading of text is not exact to the last bit,
/// so numbers are bound as numbers.
std::optional<CellFault> bind_number(sql::SqliteStatement& statement, int index, std::string_view text,
                                     const Column& column) {
  const std::optional<int64_t> whole = whole_number(text);
  if (column.affinity == Affinity::blob) {
    // Without affinity a column keeps what it is given, so "007" and "1.50" have to stay text.
    if (whole && std::to_string(*whole) == text)
      statement.bind(index, *whole);
    else
      statement.bind(index, text);
    return std::nullopt;
  }
  if (whole && column.affinity != Affinity::real) {
    statement.bind(index, *whole);
    return std::nullopt;
  }
  const std::optional<double> number = exact_double(text);
  if (!number)
    return CellFault{"precision_loss",
                     "this column would round a number of so many digits; declare the column as TEXT"};
  statement.bind(index, *number);
  return std::nullopt;
}

std::optional<CellFault> bind_binary(sql::SqliteStatement& statement, int index, std::string_view text, Arena& arena) {
  std::optional<std::string> bytes = sql::from_base64(text);
  if (!bytes) return CellFault{"not_base64", "a BLOB column takes base64 text"};
  statement.bind(index, sql::Blob{arena.adopt(std::move(*bytes))});
  return std::nullopt;
}

Value read_text(std::string_view text, const Column& column, Arena& arena) {
  const std::string_view kept = arena.copy(text);
  if (column.type == FieldType::number || column.type == FieldType::integer)
    return parse_decimal(kept) && kept.front() != '+' ? Value::number(kept) : Value::text(kept);
  if (column.type == FieldType::json && !kept.empty() && (kept.front() == '{' || kept.front() == '['))
    return Value::json(kept);
  return Value::text(kept);
}

}  // namespace

std::optional<CellFault> bind_cell(sql::SqliteStatement& statement, int index, Value value, const Column& column,
                                   Arena& arena) {
  const std::string_view text = value.view();
  switch (value.kind()) {
    case ValueKind::unset:
    case ValueKind::null: statement.bind(index, nullptr); return std::nullopt;
    case ValueKind::boolean:
      if (column.affinity == Affinity::text)
        statement.bind(index, text);
      else
        statement.bind(index, text == "true" ? 1 : 0);
      return std::nullopt;
    case ValueKind::number:
      if (column.affinity != Affinity::text) return bind_number(statement, index, text, column);
      statement.bind(index, text);
      return std::nullopt;
    case ValueKind::json: statement.bind(index, text); return std::nullopt;
    case ValueKind::text: break;
  }
  // Bulk files give every cell as text, so a text that is a number or a boolean is taken for one where the column is.
  if (column.type == FieldType::boolean && column.affinity != Affinity::text && (text == "true" || text == "false")) {
    statement.bind(index, text == "true" ? 1 : 0);
    return std::nullopt;
  }
  if (column.type == FieldType::binary) return bind_binary(statement, index, text, arena);
  const bool numeric =
      column.affinity == Affinity::integer || column.affinity == Affinity::numeric || column.affinity == Affinity::real;
  if (numeric && text.size() > kExactDigits && parse_decimal(text)) return bind_number(statement, index, text, column);
  statement.bind(index, text);
  return std::nullopt;
}

Value read_cell(const sql::SqliteStatement& statement, int index, const Column& column, Arena& arena) {
  switch (statement.type(index)) {
    case SQLITE_NULL: return Value::null();
    case SQLITE_INTEGER: {
      const int64_t number = statement.integer(index);
      if (column.type == FieldType::boolean && (number == 0 || number == 1)) return Value::boolean(number == 1);
      char* place = arena.allocate(kDoubleTextMax);
      const auto [end, fault] = std::to_chars(place, place + kDoubleTextMax, number);
      return Value::number({place, static_cast<size_t>(end - place)});
    }
    case SQLITE_FLOAT: {
      char* place = arena.allocate(kDoubleTextMax);
      const double number = statement.real(index);
      const auto [end, fault] = std::to_chars(place, place + kDoubleTextMax, number);
      const std::string_view text(place, static_cast<size_t>(end - place));
      return std::isfinite(number) ? Value::number(text) : Value::text(text);
    }
    case SQLITE_BLOB: return Value::text(arena.adopt(sql::to_base64(statement.text(index))));
    default: return read_text(statement.text(index), column, arena);
  }
}

}  // namespace nexpo::sqlite
