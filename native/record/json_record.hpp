// RecordReader: one JSON record off a cursor into a row of cells.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/arena.hpp"
#include "record/json_tokens.hpp"
#include "record/selection.hpp"
#include "record/value.hpp"

namespace nexpo {

/// Recursion goes as deep as the wanted paths, not as deep as the text. Borrows all it is made of.
class RecordReader {
 public:
  using Node = Selection::Node;
  using Row = std::span<Value>;

  RecordReader(std::string_view text, JsonCursor& cursor, Arena& arena) : text_(text), cursor_(cursor), arena_(arena) {}

  /// Takes the object at hand: the cursor stands on its `{`.
  void object(const Node& node, Row row);

 private:
  const Node* find(const Node& node, std::string_view name) const;
  void value(const Node& node, Row row);
  void word(const Node& node, Row row);
  void nested(const Node& node, Row row);
  void array(const Node& node, Row row);
  void collect(const Path& rest, size_t step, std::string& out);
  void pick(const Path& path, size_t step, std::string& out);
  template <class Visit>
  void each_member(Visit visit);
  template <class Visit>
  void each_element(Visit visit);

  std::string_view text_;
  JsonCursor& cursor_;
  Arena& arena_;
};

}  // namespace nexpo
