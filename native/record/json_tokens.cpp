#include "record/json_tokens.hpp"

#include <algorithm>
#include <bitset>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/error.hpp"
#include "record/json_escape.hpp"
#include "record/utf8.hpp"

namespace nexpo {
namespace {

constexpr size_t kTextBytesMax = simdjson::SIMDJSON_MAXSIZE_BYTES - 64;
constexpr size_t kCapacityMin = 64 * 1024;
constexpr size_t kDepthMax = 1024;

[[noreturn]] void fail_json(size_t offset, std::string_view reason) {
  throw Error(ErrorKind::invalid, fmt::format("JSON is not valid at byte {}: {}", offset, reason));
}

size_t first_bad_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t size = utf8_size(text, at);
    if (size == 0) break;
    at += size;
  }
  return at;
}

size_t first_control_character(std::string_view text) {
  bool inside = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (inside && static_cast<unsigned char>(text[i]) < 0x20) return i;
    if (text[i] == '"') inside = !inside;
    if (inside && text[i] == '\\') ++i;
  }
  return text.size();
}

[[noreturn]] void explain(simdjson::error_code code, std::string_view text) {
  switch (code) {
    case simdjson::EMPTY: fail_json(0, "the text is empty");
    case simdjson::UTF8_ERROR: fail_json(first_bad_utf8(text), "the bytes are not UTF-8");
    case simdjson::UNCLOSED_STRING: fail_json(text.size(), "the text ends inside a string");
    case simdjson::UNESCAPED_CHARS:
      fail_json(first_control_character(text), "a string holds a control character that is not escaped");
    case simdjson::MEMALLOC: throw Error(ErrorKind::unavailable, "no memory for a JSON text of this size");
    default: fail_json(0, simdjson::error_message(code));
  }
}

}  // namespace

struct JsonTokens::Index {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};

JsonTokens::JsonTokens() : index_(std::make_unique<Index>()) {}
JsonTokens::~JsonTokens() = default;

void JsonTokens::read(std::string_view text) {
  if (text.size() > kTextBytesMax) fail_json(kTextBytesMax, "the text is larger than 4 GB");
  auto& parser = index_->parser;
  const size_t capacity = std::max(kCapacityMin, std::min(text.size() + text.size() / 4, kTextBytesMax));
  simdjson::error_code code = simdjson::SUCCESS;
  if (!parser) {
    code = simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, parser);
  } else if (parser->capacity() < text.size()) {
    code = parser->allocate(capacity, 1);
  }
  if (code == simdjson::SUCCESS) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    code = parser->stage1(bytes, text.size(), simdjson::stage1_mode::regular);
  }
  if (code != simdjson::SUCCESS) explain(code, text);
}

const uint32_t* JsonTokens::begin() const { return index_->parser->structural_indexes.get(); }
const uint32_t* JsonTokens::end() const { return begin() + index_->parser->n_structural_indexes; }

void JsonCursor::fail_in(std::string_view text, size_t offset, std::string_view reason) {
  fail_json(offset, offset >= text.size() ? "the text ends too early" : reason);
}

void JsonCursor::fail_too_deep() const {
  fail(fmt::format("arrays and objects are nested deeper than {} levels", kDepthMax));
}

void JsonCursor::fail_unescaping(std::string_view text, size_t begin, const Unescaped& result) {
  if (!result.half_pair) fail_in(text, begin + result.fault_at, result.fault);
  throw Error(ErrorKind::invalid, fmt::format("JSON at byte {}: {}", begin + result.fault_at, result.fault))
      .with_code(std::string(kHalfPair));
}

std::string_view JsonCursor::unescape(std::string_view text, std::string_view raw, Arena& arena, HalfPairs half_pairs) {
  char* const place = arena.allocate(raw.size());
  const Unescaped result = unescape_json(raw, place, half_pairs);
  if (!result.fault.empty()) fail_unescaping(text, static_cast<size_t>(raw.data() - text.data()), result);
  return {place, result.size};
}

void JsonCursor::skip_nested() {
  size_t depth = 0;
  while (at_ < end_) {
    const char c = static_cast<char>(text_[*at_] | 0x20);  // '[' and '{' become '{', ']' and '}' become '}'
    if (c == '{') {
      if (++depth > kDepthMax) fail_too_deep();
    } else if (c == '}') {
      --depth;
    }
    ++at_;
    if (depth == 0) return;
  }
  fail("`]` or `}` is missing");
}

void JsonCursor::check_scalar() {
  if (peek() == '"') {
    const Unescaped result = unescape_json(body(), nullptr, half_pairs_);
    if (!result.fault.empty()) fail_unescaping(text_, offset() + 1, result);
    ++at_;
  } else if (peek() == '-' || (peek() >= '0' && peek() <= '9')) {
    take_number();
  } else {
    take_word();
  }
}

void JsonCursor::check_name() {
  const size_t at = offset() + 1;
  const Unescaped result = unescape_json(take_name(), nullptr, half_pairs_);
  if (!result.fault.empty()) fail_unescaping(text_, at, result);
}

std::string_view JsonCursor::take_raw() {
  const size_t begin = offset();
  std::bitset<kDepthMax + 1> is_object;  // by depth
  size_t depth = 0;
  do {
    const char open = peek();
    if (open == '{' || open == '[') {
      if (++depth > kDepthMax) fail_too_deep();
      is_object[depth] = open == '{';
      ++at_;
      if (peek() != (is_object[depth] ? '}' : ']')) {
        if (is_object[depth]) check_name();
        continue;
      }
    } else {
      check_scalar();
    }
    // One value has ended here, and perhaps the ones around it.
    while (depth > 0 && !take_comma(is_object[depth] ? '}' : ']')) --depth;
    if (depth > 0 && is_object[depth]) check_name();
  } while (depth > 0);
  return trimmed(begin, *at_);
}

}  // namespace nexpo
