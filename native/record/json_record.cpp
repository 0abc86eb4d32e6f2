#include "record/json_record.hpp"

namespace nexpo {
namespace {

void assign(const std::vector<uint32_t>& slots, Value value, std::span<Value> row) {
  for (const uint32_t slot : slots) row[slot] = value;
}

}  // namespace

template <class Visit>
void RecordReader::each_member(Visit visit) {
  cursor_.advance();
  if (cursor_.peek() == '}') return cursor_.advance();
  do {
    const std::string_view name = cursor_.take_name();
    const bool escaped = name.find('\\') != std::string_view::npos;
    visit(escaped ? cursor_.unescape_name(name, arena_) : name);
  } while (cursor_.take_comma('}'));
}

template <class Visit>
void RecordReader::each_element(Visit visit) {
  cursor_.advance();
  if (cursor_.peek() == ']') return cursor_.advance();
  uint32_t index = 0;
  do {
    visit(index++);
  } while (cursor_.take_comma(']'));
}

// Members that are plain values of one slot, and those that nobody wants, are dealt with
// here; for the others the cursor is handed over.
void RecordReader::object(const Node& node, Row row) {
  JsonCursor at = cursor_;
  at.advance();
  if (at.peek() == '}') {
    at.advance();
    cursor_ = at;
    return;
  }
  do {
    const Node* child = find(node, at.take_name());
    const char first = at.peek();
    if (child && child->leaf_slot != Node::kNoSlot && first == '"') {
      row[child->leaf_slot] = Value::text(at.take_string(arena_));
    } else if (!child && first != '{' && first != '[') {
      at.skip_scalar();
    } else {
      cursor_ = at;
      child ? value(*child, row) : cursor_.skip();
      at = cursor_;
    }
  } while (at.take_comma('}'));
  cursor_ = at;
}

const RecordReader::Node* RecordReader::find(const Node& node, std::string_view name) const {
  const Node* child = node.find(name, static_cast<size_t>(text_.data() + text_.size() - name.data()));
  if (child && !node.names_have_backslash) [[likely]]
    return child;
  if (!cursor_.has_backslash(name)) [[likely]]
    return child;
  const std::string_view plain = cursor_.unescape_name(name, arena_);
  return node.find(plain, plain.size());
}

void RecordReader::value(const Node& node, Row row) {
  if (!node.is_leaf()) assign(node.slots_below, Value(), row);  // of two members with one name the last one holds
  switch (cursor_.peek()) {
    case '"': return assign(node.slots, Value::text(cursor_.take_string(arena_)), row);
    case '{':
    case '[': return nested(node, row);
    case 't':
    case 'f':
    case 'n': return word(node, row);
    default: return assign(node.slots, Value::number(cursor_.take_number()), row);
  }
}

void RecordReader::word(const Node& node, Row row) {
  const std::string_view word = cursor_.take_word();
  if (word == "null") return assign(node.slots_below, Value::null(), row);
  assign(node.slots, Value::boolean(word == "true"), row);
}

// Each way of reading leaves the cursor behind the value, so that they can be put one after the other.
void RecordReader::nested(const Node& node, Row row) {
  const JsonCursor start = cursor_;
  const bool is_object = cursor_.peek() == '{';
  if (is_object && !node.members.empty()) object(node, row);
  if (!is_object && !node.elements.empty()) array(node, row);
  if (!is_object) {
    for (const Node::Collection& collection : node.collections) {
      cursor_ = start;
      std::string items;
      collect(collection.rest, 0, items);
      row[collection.slot] = Value::json(arena_.copy(items));
    }
  }
  if (!node.slots.empty()) {
    cursor_ = start;
    assign(node.slots, Value::json(cursor_.take_raw()), row);
  }
  if (cursor_.offset() == start.offset()) cursor_.skip();
}

void RecordReader::array(const Node& node, Row row) {
  auto wanted = node.elements.begin();
  each_element([&](uint32_t index) {
    if (wanted == node.elements.end() || wanted->first != index) return cursor_.skip();
    value(*wanted->second, row);
    ++wanted;
  });
}

// Appends an array of what `rest`, from `step` on, gives for each element of the array at hand.
void RecordReader::collect(const Path& rest, size_t step, std::string& out) {
  out += '[';
  each_element([&](uint32_t index) {
    if (index > 0) out += ',';
    pick(rest, step, out);
  });
  out += ']';
}

// Appends what `path`, from `step` on, gives for the value at hand: null if it is not there.
void RecordReader::pick(const Path& path, size_t step, std::string& out) {
  if (step == path.size()) {
    out += cursor_.take_raw();
    return;
  }
  const size_t begin = out.size();
  out += "null";
  const PathStep& wanted = path[step];
  const auto replace = [&] {
    out.resize(begin);
    pick(path, step + 1, out);
  };
  if (wanted.kind == PathStep::Kind::name && cursor_.peek() == '{') {
    each_member([&](std::string_view name) { name == wanted.name ? replace() : cursor_.skip(); });
  } else if (wanted.kind == PathStep::Kind::index && cursor_.peek() == '[') {
    each_element([&](uint32_t index) { index == wanted.index ? replace() : cursor_.skip(); });
  } else if (wanted.kind == PathStep::Kind::every && cursor_.peek() == '[') {
    out.resize(begin);
    collect(path, step + 1, out);
  } else {
    cursor_.skip();
  }
}

}  // namespace nexpo
