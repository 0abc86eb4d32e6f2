#include "record/json.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/json_record.hpp"
#include "record/json_tokens.hpp"
#include "record/selection.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

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
    if (cursor_.peek() != (is_name ? '{' : '['))
      cursor_.fail(is_name ? "an object was expected" : "an array was expected");
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
        object(reader, row);
      } else if (cursor_.peek() != 'n' || cursor_.take_word() != "null") {
        cursor_.fail(fmt::format("record {} is no object", batch_.size()));
      }
    } while (cursor_.take_comma(']'));
  }

  void object(RecordReader& reader, std::span<Value> row) {
    const JsonCursor start = cursor_;
    try {
      reader.object(selection_.root(), row);
    } catch (const Error& fault) {
      if (fault.code() != JsonCursor::kHalfPair) throw;
      cursor_ = start;
      cursor_.replace_half_pairs();
      std::fill(row.begin(), row.end(), Value());
      reader.object(selection_.root(), row);
      cursor_.refuse_half_pairs();
      envelope_.unreadable.push_back(
          {batch_.size() - 1, std::string(JsonCursor::kHalfPair), fault.message(), field_with_replacement(row), false});
    }
  }

  std::string field_with_replacement(std::span<const Value> row) const {
    for (size_t slot = 0; slot < row.size(); ++slot)
      if (row[slot].view().find(kReplacement) != std::string_view::npos) return (*selection_.shape())[slot];
    return "";
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
