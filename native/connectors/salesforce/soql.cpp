#include "connectors/salesforce/soql.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "connectors/salesforce/ids.hpp"

namespace nexpo::salesforce {

namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::string_view escape_of(char c) {
  switch (c) {
    case '\\': return "\\\\";
    case '\'': return "\\'";
    case '"': return "\\\"";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    case '\b': return "\\b";
    case '\f': return "\\f";
    default: return {};
  }
}

constexpr size_t kDateChars = 10;  // "2024-01-02"

/// Digits, with a sign and a fraction perhaps: SOQL takes no exponents.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const size_t point = std::min(text.find('.'), text.size());
  return point > 0 && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(point), is_digit) &&
         (point == text.size() ||
          (point + 1 < text.size() &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(point) + 1, text.end(), is_digit)));
}

}  // namespace

std::optional<std::string> soql_value(FieldType type, std::string_view text) {
  const auto only_if = [&](bool fits) { return fits ? std::optional<std::string>(text) : std::nullopt; };
  switch (type) {
    case FieldType::text: {
      std::string literal = soql_literal(text);
      if (literal.size() > kSoqlLiteralCharsMax) return std::nullopt;
      return literal;
    }
    case FieldType::reference: return is_id(text) ? std::optional(soql_literal(text)) : std::nullopt;
    case FieldType::integer: return only_if(is_plain_number(text) && text.find('.') == std::string_view::npos);
    case FieldType::number: return only_if(is_plain_number(text));
    case FieldType::boolean: return only_if(text == "true" || text == "false");
    case FieldType::date: return only_if(text.size() == kDateChars && parse_time(std::string(text) + "T00:00:00Z"));
    case FieldType::datetime: {
      const std::optional<Seconds> time = parse_time(text);
      return time ? std::optional(to_text(*time)) : std::nullopt;
    }
    default: break;
  }
  throw Error(ErrorKind::invalid,
              fmt::format("salesforce: records cannot be found by a field of type {}", name_of(type)));
}

std::string soql_literal(std::string_view text) {
  std::string literal = "'";
  literal.reserve(text.size() + 2);
  for (char c : text) {
    const std::string_view escape = escape_of(c);
    if (escape.empty()) {
      literal += c;
    } else {
      literal += escape;
    }
  }
  literal += '\'';
  return literal;
}

void check_soql_name(std::string_view name) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), is_name_char)) return;
  throw Error(ErrorKind::invalid,
              fmt::format("\"{}\" is not a Salesforce name: use letters, digits, _ and . as in Owner.Name", name))
      .with_field(std::string(name));
}

std::string all_of(const std::vector<std::string>& conditions) {
  std::string joined;
  for (const std::string& condition : conditions) {
    if (condition.empty()) continue;
    if (!joined.empty()) joined += " AND ";
    joined += condition;
  }
  return joined;
}

std::string to_soql(const Select& select) {
  check_soql_name(select.object);
  for (const std::string& field : select.fields) {
    if (field != "COUNT()") check_soql_name(field);
  }
  std::string soql = fmt::format("SELECT {} FROM {}", fmt::join(select.fields, ","), select.object);
  if (!select.where.empty()) soql += " WHERE " + select.where;
  if (!select.order_by.empty()) soql += " ORDER BY " + select.order_by;
  if (select.limit > 0) soql += fmt::format(" LIMIT {}", select.limit);
  if (soql.size() <= kSoqlCharsMax) return soql;
  throw Error(ErrorKind::invalid,
              fmt::format("the SOQL statement on {} has {} characters, the limit is {}: map fewer fields",
                          select.object, soql.size(), kSoqlCharsMax));
}

std::string within(std::string_view field, const Window& window) {
  std::vector<std::string> bounds;
  if (window.low) bounds.push_back(fmt::format("{} >= {}", field, to_text(*window.low)));
  if (window.high) bounds.push_back(fmt::format("{} < {}", field, to_text(*window.high)));
  return all_of(bounds);
}

std::string behind(std::string_view field, const Position& at) {
  const std::string id = soql_literal(at.id);
  if (!at.stamp) return fmt::format("Id > {}", id);
  const std::string stamp = to_text(*at.stamp);
  return fmt::format("({0} > {1} OR ({0} = {1} AND Id > {2}))", field, stamp, id);
}

std::vector<std::string> in_clauses(std::string_view field, const std::vector<std::string>& values, size_t select_chars,
                                    size_t values_max) {
  std::vector<std::string> literals;
  for (const std::string& value : values) {
    literals.push_back(soql_literal(value));
    if (literals.back().size() <= kSoqlLiteralCharsMax) continue;
    throw Error(ErrorKind::invalid, fmt::format("a value of {} has {} characters, SOQL compares up to {}", field,
                                                value.size(), kSoqlLiteralCharsMax))
        .with_field(std::string(field));
  }
  return in_clauses_of(field, literals, select_chars, values_max);
}

std::vector<std::string> in_clauses_of(std::string_view field, const std::vector<std::string>& literals,
                                       size_t select_chars, size_t values_max) {
  const size_t room = kSoqlCharsMax - std::min(select_chars + field.size(), kSoqlCharsMax / 2);
  constexpr size_t kAround = 8;
  std::vector<std::string> clauses;
  size_t count = 0;
  for (const std::string& literal : literals) {
    const bool fresh =
        clauses.empty() || count == values_max || clauses.back().size() + literal.size() + kAround > room;
    if (fresh) {
      if (!clauses.empty()) clauses.back() += ')';
      clauses.push_back(fmt::format("{} IN ({}", field, literal));
      count = 1;
    } else {
      clauses.back() += ',';
      clauses.back() += literal;
      ++count;
    }
  }
  if (!clauses.empty()) clauses.back() += ')';
  return clauses;
}

}  // namespace nexpo::salesforce
