#include "record/json.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/json_tokens.hpp"
#include "record/selection.hpp"

namespace nexpo {
namespace {

using Node = Selection::Node;
using Row = std::span<Value>;

void assign(const std::vector<uint32_t>& slots, Value value, Row row) {
  for (const uint32_t slot : slots) row[slot] = value;
}

// Reads records off a cursor into rows. Recursion goes as deep as the wanted paths, not as deep as the text.
class RecordReader {
 public:
  RecordReader(std::string_view text, JsonCursor& cursor, Arena& arena) : text_(text), cursor_(cursor), arena_(arena) {}

  /// The cursor stands on `{`. Members that are plain values of one slot, and those that nobody wants, are dealt with
  /// here; for the others the cursor is handed over.
  void object(const Node& node, Row row) {
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

 private:
  const Node* find(const Node& node, std::string_view name) {
    const Node* child = node.find(name, static_cast<size_t>(text_.data() + text_.size() - name.data()));
    if (child && !node.names_have_backslash) [[likely]] return child;
    if (!cursor_.has_backslash(name)) [[likely]] return child;
    const std::string_view plain = cursor_.unescape_name(name, arena_);
    return node.find(plain, plain.size());
  }

  void value(const Node& node, Row row) {
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

  void word(const Node& node, Row row) {
    const std::string_view word = cursor_.take_word();
    if (word == "null") return assign(node.slots_below, Value::null(), row);
    assign(node.slots, Value::boolean(word == "true"), row);
  }

  // Each way of reading leaves the cursor behind the value, so that they can be put one after the other.
  void nested(const Node& node, Row row) {
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

  void array(const Node& node, Row row) {
    auto wanted = node.elements.begin();
    each_element([&](uint32_t index) {
      if (wanted == node.elements.end() || wanted->first != index) return cursor_.skip();
      value(*wanted->second, row);
      ++wanted;
    });
  }

  // Appends an array of what `rest`, from `step` on, gives for each element of the array at hand.
  void collect(const Path& rest, size_t step, std::string& out) {
    out += '[';
    each_element([&](uint32_t index) {
      if (index > 0) out += ',';
      pick(rest, step, out);
    });
    out += ']';
  }

  // Appends what `path`, from `step` on, gives for the value at hand: null if it is not there.
  void pick(const Path& path, size_t step, std::string& out) {
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

  template <class Visit>
  void each_member(Visit visit) {
    cursor_.advance();
    if (cursor_.peek() == '}') return cursor_.advance();
    do {
      const std::string_view name = cursor_.take_name();
      const bool escaped = name.find('\\') != std::string_view::npos;
      visit(escaped ? cursor_.unescape_name(name, arena_) : name);
    } while (cursor_.take_comma('}'));
  }

  template <class Visit>
  void each_element(Visit visit) {
    cursor_.advance();
    if (cursor_.peek() == ']') return cursor_.advance();
    uint32_t index = 0;
    do {
      visit(index++);
    } while (cursor_.take_comma(']'));
  }

  std::string_view text_;
  JsonCursor& cursor_;
  Arena& arena_;
};

// Finds the array of records in what stands around it.
class PageReader {
 public:
  PageReader(std::string_view text, JsonCursor& cursor, const Selection& selection, RecordBatch& batch)
      : text_(text), cursor_(cursor), selection_(selection), batch_(batch) {}

  JsonDecoder::Envelope read(std::string_view records_member) {
    if (records_member.empty()) {
      records("the text");
    } else {
      descend(parse_path(records_member), 0);
      if (!found_) cursor_.fail_at(0, fmt::format("the member `{}` with the records is missing", records_member));
    }
    if (!cursor_.at_end()) cursor_.fail("something follows the end of the text's value");
    return std::move(envelope_);
  }

 private:
  // Walks to the array that `path` leads to. Scalars are kept of the object that holds it.
  void descend(const Path& path, size_t step) {
    if (step == path.size()) return records(fmt::format("`{}`", path.back().name));
    const PathStep& wanted = path[step];
    const bool is_name = wanted.kind == PathStep::Kind::name;
    if (cursor_.peek() != (is_name ? '{' : '[')) cursor_.fail(is_name ? "an object was expected" : "an array was expected");
    cursor_.advance();
    if (cursor_.peek() == '}' || cursor_.peek() == ']') return cursor_.advance();
    uint32_t index = 0;
    do {
      const std::string_view name = is_name ? cursor_.take_name() : std::string_view();
      if (is_name ? name == wanted.name : index++ == wanted.index) {
        descend(path, step + 1);
      } else if (step + 1 == path.size() && is_name) {
        scalar(name);
      } else {
        cursor_.skip();
      }
    } while (cursor_.take_comma(is_name ? '}' : ']'));
  }

  void scalar(std::string_view name) {
    switch (cursor_.peek()) {
      case '{':
      case '[': return cursor_.skip();
      case '"': envelope_.scalars.emplace_back(name, cursor_.take_string(*batch_.arena())); return;
      case 't':
      case 'f': envelope_.scalars.emplace_back(name, cursor_.take_word()); return;
      case 'n': cursor_.take_word(); return;
      default: envelope_.scalars.emplace_back(name, cursor_.take_number()); return;
    }
  }

  void records(std::string_view where) {
    if (found_) cursor_.fail(fmt::format("{} with the records occurs twice", where));
    if (cursor_.peek() != '[') cursor_.fail(fmt::format("{} is no array of records", where));
    found_ = true;
    cursor_.advance();
    if (cursor_.peek() == ']') return cursor_.advance();
    RecordReader reader(text_, cursor_, *batch_.arena());
    do {
      const std::span<Value> row = batch_.add({});
      if (cursor_.peek() == '{') {
        reader.object(selection_.root(), row);
      } else if (cursor_.peek() != 'n' || cursor_.take_word() != "null") {
        cursor_.fail(fmt::format("record {} is no object", batch_.size()));
      }
    } while (cursor_.take_comma(']'));
  }

  std::string_view text_;
  JsonCursor& cursor_;
  const Selection& selection_;
  RecordBatch& batch_;
  JsonDecoder::Envelope envelope_;
  bool found_ = false;
};

}  // namespace

struct JsonDecoder::Parser {
  JsonTokens tokens;
};

JsonDecoder::JsonDecoder() : parser_(std::make_unique<Parser>()) {}
JsonDecoder::~JsonDecoder() = default;

std::string_view JsonDecoder::Envelope::scalar(std::string_view name) const {
  for (const auto& [known, text] : scalars) {
    if (known == name) return text;
  }
  return "";
}

JsonDecoder::Envelope JsonDecoder::decode_page(std::string_view text, std::string_view records_member,
                                               const Selection& selection, RecordBatch& batch) {
  parser_->tokens.read(text);
  JsonCursor cursor(text, parser_->tokens);
  return PageReader(text, cursor, selection, batch).read(records_member);
}

void JsonDecoder::decode_record(std::string_view text, const Selection& selection, RecordBatch& batch) {
  parser_->tokens.read(text);
  JsonCursor cursor(text, parser_->tokens);
  if (cursor.peek() != '{') cursor.fail("a record is an object");
  RecordReader(text, cursor, *batch.arena()).object(selection.root(), batch.add({}));
  if (!cursor.at_end()) cursor.fail("something follows the record");
}

}  // namespace nexpo
