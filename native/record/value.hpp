// Value: one cell of a record, a 16-byte view into the page's memory.
#pragma once

#include <cstdint>
#include <string_view>

namespace nexpo {

/// Absent, null and empty are three values: `unset`, `null` and `text` of size 0.
enum class ValueKind : uint8_t {
  unset,    ///< the record does not have the field
  null,     ///< the field is there and empty on purpose
  boolean,  ///< text is "true" or "false"
  number,   ///< text is the decimal text as the system gave it ("1.10", "1E7"); never a double
  text,     ///< UTF-8, may hold NUL
  json,     ///< raw JSON text of an array or object
};

/// Copy freely; valid as long as the arena of its batch.
class Value {
 public:
  constexpr Value() = default;
  static constexpr Value null() { return {ValueKind::null, {}}; }
  static constexpr Value boolean(bool yes) { return {ValueKind::boolean, yes ? "true" : "false"}; }
  static constexpr Value number(std::string_view decimal) { return {ValueKind::number, decimal}; }
  static constexpr Value text(std::string_view text) { return {ValueKind::text, text}; }
  static constexpr Value json(std::string_view raw) { return {ValueKind::json, raw}; }

  constexpr ValueKind kind() const { return kind_; }
  constexpr bool is(ValueKind kind) const { return kind_ == kind; }
  /// Neither absent nor null.
  constexpr bool present() const { return kind_ > ValueKind::null; }
  /// The text of any present value, "" for unset and null.
  constexpr std::string_view view() const { return {data_, size_}; }

  friend constexpr bool operator==(const Value& a, const Value& b) {
    if (a.kind_ != b.kind_ || a.size_ != b.size_) return false;
    return a.data_ == b.data_ || a.view() == b.view();  // copies view the same bytes
  }

 private:
  constexpr Value(ValueKind kind, std::string_view text)
      : data_(text.data()), size_(static_cast<uint32_t>(text.size())), kind_(kind) {}

  const char* data_ = "";
  uint32_t size_ = 0;
  ValueKind kind_ = ValueKind::unset;
};

static_assert(sizeof(Value) == 16);

}  // namespace nexpo
