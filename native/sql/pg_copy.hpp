// The wire forms of bulk data: COPY text lines and binary arrays. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nexpo::sql {

/// What stands in the way of sending a text to PostgreSQL.
enum class PgTextFault { none, nul, not_utf8 };

/// Appends `text` as a field of a COPY line in text format, escaped. Nothing is appended if there is a fault.
PgTextFault append_copy_text(std::string& line, std::string_view text);

constexpr std::string_view kCopyNull = "\\N";

/// Types whose binary arrays we send, by their number in pg_type.
enum class PgElement : int { boolean = 16, bytea = 17, int8 = 20, text = 25 };

/// A one-dimensional array in binary form, built value by value.
class PgArray {
 public:
  explicit PgArray(PgElement element, size_t count_expected = 0);
  void add(std::string_view bytes);
  void add(int64_t number);
  void add_null();
  /// The finished bytes, valid until the next add().
  const std::string& bytes();

 private:
  void put32(int64_t number);
  std::string bytes_;
  int count_ = 0;
  bool has_null_ = false;
};

/// The bytes of a bytea in PostgreSQL's hexadecimal text form ("\x00ff").
std::string from_hex(std::string_view text);

}  // namespace nexpo::sql
