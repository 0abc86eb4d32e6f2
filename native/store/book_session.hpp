// BookSession: statements that both state stores understand, written once. Private to store/.
#pragma once

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace nexpo {

/// A parameter. Texts are borrowed. Values become cells by themselves, so that a statement reads like a call.
struct BookCell {
  BookCell() = default;                                // NULL
  BookCell(int64_t value) : number(value) {}           // NOLINT(google-explicit-constructor)
  BookCell(std::string_view value) : text(value) {}    // NOLINT(google-explicit-constructor)
  BookCell(const std::string& value) : text(value) {}  // NOLINT(google-explicit-constructor)

  std::optional<int64_t> number;
  std::optional<std::string_view> text;
};

/// A row as text; NULL is "".
using BookRow = std::vector<std::string>;

/// One open transaction. All calls block. Statements are written as PostgreSQL wants them ($1, data_sync.TABLE, bytea)
/// and use only what SQLite knows as well; each parameter that is given occurs in the text.
class BookSession {
 public:
  virtual ~BookSession() = default;

  /// The rows of a SELECT or RETURNING. Throws Error{invalid} for a text with a NUL byte, which PostgreSQL cannot keep.
  std::vector<BookRow> query(std::string_view sql, std::initializer_list<BookCell> cells = {}) {
    for (const BookCell& cell : cells)
      if (cell.text.value_or("").find('\0') != std::string_view::npos)
        throw Error(ErrorKind::invalid, "the state store keeps no text with a NUL character");
    return run(sql, {cells.begin(), cells.end()});
  }

 private:
  virtual std::vector<BookRow> run(std::string_view sql, std::vector<BookCell> cells) = 0;
};

inline int64_t number_in(const std::string& text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The data key of this name, and what was sealed for the same name ("NAME/..."). False: there was no key.
bool erase_keys(BookSession& session, const std::string& name);

}  // namespace nexpo
