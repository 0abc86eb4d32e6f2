// JSON bytes to rows and back. The only file that knows the JSON parser of the record path.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/batch.hpp"
#include "record/page.hpp"

namespace nexpo {

/// The paths that a plan wants out of each record, compiled once. Thread-safe to use after it is made.
/// Paths: `a.b`, `a[2].c`, `a[*].c` (gives a JSON array), `"odd key".b`. Everything else in a record is skipped
/// without being parsed; only its brackets are counted. A path through a null gives null, since the field is empty on
/// purpose; any other dead end gives unset. Grammar: record/path.hpp. Throws Error{invalid} with the path and the place
/// in it that is wrong.
class Selection {
 public:
  explicit Selection(std::vector<std::string> paths);
  ~Selection();
  Selection(Selection&&) noexcept;

  const Shape& shape() const { return shape_; }
  struct Node;
  const Node& root() const { return *root_; }

 private:
  Shape shape_;
  std::unique_ptr<Node> root_;
};

/// Decodes records out of JSON text, appending to `batch` (whose shape is the selection's). Strings without escapes,
/// and numbers, are views into the text; the text must live in the batch's arena (Arena::adopt). It needs no padding.
/// Of two members with one name the last one holds. \u0000 is a character as any other.
/// One decoder per thread: it keeps the parser's memory between pages. After a throw the batch is to be dropped.
class JsonDecoder {
 public:
  JsonDecoder();
  ~JsonDecoder();

  /// What stands around the records of a page, for example totalSize, done, nextRecordsUrl.
  struct Envelope {
    std::vector<std::pair<std::string, std::string>> scalars;  ///< name -> text of each top-level scalar
    /// Rows in whose wanted strings half of a surrogate pair stands, which no Unicode text can hold: their cells have
    /// U+FFFD there. In order of Rejection::row, an index into the batch; `field` is the path.
    std::vector<Rejection> unreadable;
    std::string_view scalar(std::string_view name) const;  ///< "" if it is not there
  };

  /// `text` is one object whose member `records_member` (a path: "records", "compositeResponse[0].body.records") is an
  /// array of records, or, with "" for that member, the array itself. The envelope is what stands beside that member.
  /// A null in the place of a record gives a row of unset cells. Row heads are left empty: the caller fills key,
  /// version and op from the cells.
  /// Throws Error{invalid} with the byte offset if the text is not valid JSON or the member is missing.
  Envelope decode_page(std::string_view text, std::string_view records_member, const Selection& selection,
                       RecordBatch& batch);

  /// `text` is one record. Half of a surrogate pair is Error{invalid}.
  void decode_record(std::string_view text, const Selection& selection, RecordBatch& batch);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// Whether a double keeps every digit of a decimal text: that of up to 15 of them it always does.
bool double_keeps(std::string_view number);

/// Appends one value as JSON. Unset writes null: leave unset members out before.
void append_json(std::string& out, Value value);
/// Appends `text` as a JSON string with quotes and escapes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
/// Appends the row as an object: {"slot": value, ...}, without unset cells. Dotted slots stay flat names.
void append_json_row(std::string& out, const RecordBatch& batch, size_t row);

/// Writes many rows of one shape as objects; what stands around the values is made once. Thread-safe to use after it
/// is made.
class JsonRowWriter {
 public:
  /// What surrounds one cell's value.
  struct Member {
    std::string before;        ///< `"Name":`
    std::string after = {};    ///< closes what `before` opened
    std::string if_null = {};  ///< stands for the whole member then; empty: as any other value
    bool text_only = false;    ///< numbers and booleans become texts
    bool for_doubles = false;  ///< numbers that a double may not keep become texts
  };

  /// As append_json_row.
  explicit JsonRowWriter(const Shape& shape);
  /// For a reader that holds numbers in doubles, as JavaScript does: what it would round comes as a text.
  static JsonRowWriter for_javascript(const Shape& shape);
  /// One member per slot; `first` are members that each row begins with, or empty.
  JsonRowWriter(std::vector<Member> members, std::string_view first);

  /// One cell per member. Unset cells are left out.
  void append(std::string& out, std::span<const Value> cells) const;

 private:
  std::string first_;            // {"first":1
  std::vector<Member> members_;  // with the comma in front
  size_t fixed_bytes_ = 0;
};

}  // namespace nexpo
