// SOQL text: literals, names, statements.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/salesforce/stamp.hpp"
#include "record/schema.hpp"

namespace nexpo::salesforce {

constexpr size_t kSoqlCharsMax = 100'000;       ///< a longer statement is refused
constexpr size_t kSoqlLiteralCharsMax = 4'000;  ///< a longer string literal in WHERE is refused
constexpr int kQueryRowsMax = 2'000;            ///< rows that one answer of the query resource holds at most

/// What a condition compares a field of `type` with; nothing if no such field can have the value `text`.
/// Throws Error{invalid} if fields of that type cannot be compared with values.
std::optional<std::string> soql_value(FieldType type, std::string_view text);

/// A string literal with its quotes. Backslash goes first, or a value that ends in one would swallow the closing quote.
std::string soql_literal(std::string_view text);

/// Throws Error{invalid} unless `name` consists of letters, digits, `_` and `.` (a parent's field).
void check_soql_name(std::string_view name);

/// Joins conditions with AND; empty ones are left out.
std::string all_of(const std::vector<std::string>& conditions);

struct Select {
  std::vector<std::string> fields;
  std::string object;
  std::string where = {};     ///< without the word WHERE
  std::string order_by = {};  ///< without the words ORDER BY
  int limit = 0;              ///< 0: none
};

/// Throws Error{invalid} on a bad name or when the statement is over kSoqlCharsMax.
std::string to_soql(const Select& select);

/// The half-open span of change stamps that a read covers, in the server's time. No bound: open on that side.
struct Window {
  std::optional<Seconds> low;
  std::optional<Seconds> high;
};

/// Where a read in the order (stamp, Id) goes on: behind this row.
struct Position {
  std::optional<Seconds> stamp;  ///< none: the order is by Id alone
  std::string id;
};

/// `field >= low AND field < high`.
std::string within(std::string_view field, const Window& window);

/// Rows behind `at`. The stamp alone is not enough: one transaction stamps thousands of rows alike.
std::string behind(std::string_view field, const Position& at);

/// `field IN ('a','b')` clauses, each of which keeps its statement, with `select_chars` for the rest of it, under the
/// limit. Throws Error{invalid} if one value alone is too long for a literal.
std::vector<std::string> in_clauses(std::string_view field, const std::vector<std::string>& values, size_t select_chars,
                                    size_t values_max);
/// As above, of what soql_value() gave.
std::vector<std::string> in_clauses_of(std::string_view field, const std::vector<std::string>& literals,
                                       size_t select_chars, size_t values_max);

}  // namespace nexpo::salesforce
