#include "sync/conflict/pair_state.hpp"

#include <algorithm>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

// One field: hash of its name, a byte of flags, the base. Then what the flags say: a shadow that is not as the base,
// an alternation, what was about to be written. Numbers are in the machine's own order, as all that run on one store
// have the same.
constexpr uint8_t kKindBits = 0x07;
constexpr uint8_t kSourceDiffers = 0x08;
constexpr uint8_t kTargetDiffers = 0x10;
constexpr uint8_t kAlternates = 0x20;
constexpr uint8_t kIntended = 0x40;
constexpr uint8_t kUnknown = 0x80;  ///< only what was intended is kept

constexpr size_t kFieldHeadBytes = sizeof(uint32_t) + sizeof(uint8_t) + sizeof(uint32_t);

template <class Number>
void put(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<uint32_t>(text.size()));
  out += text;
}

void put_value(std::string& out, Value value) {
  out += static_cast<char>(value.kind());
  put_text(out, value.view());
}

Value make_value(uint8_t kind, std::string_view text) {
  switch (static_cast<ValueKind>(kind)) {
    case ValueKind::unset: return {};
    case ValueKind::null: return Value::null();
    case ValueKind::boolean: return Value::boolean(text == "true");
    case ValueKind::number: return Value::number(text);
    case ValueKind::text: return Value::text(text);
    case ValueKind::json: return Value::json(text);
  }
  return {};
}

class PackedReader {
 public:
  explicit PackedReader(std::string_view packed) : left_(packed) {}

  bool empty() const { return left_.empty(); }

  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text() { return take(number<uint32_t>()); }
  Value value() {
    const auto kind = number<uint8_t>();
    return make_value(kind, text());
  }

 private:
  std::string_view take(size_t size) {
    if (left_.size() < size) throw Error(ErrorKind::internal, "what the state keeps of a pair is damaged");
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

  std::string_view left_;
};

}  // namespace

PairState::Fields::Fields(const Shape& shape) {
  for (const std::string& name : *shape) hashes.push_back(static_cast<uint32_t>(XXH3_64bits(name.data(), name.size())));
}

void PairState::clear(size_t slots) {
  base.assign(slots, {});
  source_shadow.assign(slots, {});
  target_shadow.assign(slots, {});
  known.assign(slots, 0);
  alternations.assign(slots, {});
  intended.assign(slots, std::nullopt);
}

void PairState::decode(std::string_view packed, const Fields& fields) {
  clear(fields.hashes.size());
  PackedReader reader(packed);
  size_t expected = 0;
  while (!reader.empty()) {
    const auto hash = reader.number<uint32_t>();
    const auto flags = reader.number<uint8_t>();
    const Value value = make_value(flags & kKindBits, reader.text());
    const Value source = (flags & kSourceDiffers) ? reader.value() : value;
    const Value target = (flags & kTargetDiffers) ? reader.value() : value;
    Alternation alternation;
    if (flags & kAlternates) {
      alternation.count = reader.number<uint8_t>();
      alternation.last = reader.number<uint8_t>() == 0 ? Side::source : Side::target;
      alternation.since = Time(std::chrono::microseconds(reader.number<int64_t>()));
    }
    std::optional<Value> intention;
    if (flags & kIntended) intention = reader.value();
    // Fields mostly come in the order of the slots.
    size_t slot = expected;
    if (slot >= fields.hashes.size() || fields.hashes[slot] != hash)
      slot = static_cast<size_t>(std::ranges::find(fields.hashes, hash) - fields.hashes.begin());
    if (slot == fields.hashes.size()) continue;  // no longer mapped
    base[slot] = value;
    source_shadow[slot] = source;
    target_shadow[slot] = target;
    known[slot] = (flags & kUnknown) == 0;
    alternations[slot] = alternation;
    intended[slot] = intention;
    expected = slot + 1;
  }
}

std::string PairState::encode(const Fields& fields) const {
  std::string out;
  size_t size = 0;
  for (const Value value : base) size += kFieldHeadBytes + value.view().size();
  out.reserve(size);
  for (size_t slot = 0; slot < known.size(); ++slot) {
    if (known[slot] == 0 && !intended[slot]) continue;
    const bool source_differs = !(source_shadow[slot] == base[slot]);
    const bool target_differs = !(target_shadow[slot] == base[slot]);
    const bool alternates = alternations[slot].count > 0;
    put(out, fields.hashes[slot]);
    uint8_t flags = static_cast<uint8_t>(base[slot].kind());
    if (source_differs) flags |= kSourceDiffers;
    if (target_differs) flags |= kTargetDiffers;
    if (alternates) flags |= kAlternates;
    if (intended[slot]) flags |= kIntended;
    if (known[slot] == 0) flags |= kUnknown;
    put(out, flags);
    put_text(out, base[slot].view());
    if (source_differs) put_value(out, source_shadow[slot]);
    if (target_differs) put_value(out, target_shadow[slot]);
    if (alternates) {
      put(out, alternations[slot].count);
      put(out, static_cast<uint8_t>(alternations[slot].last));
      put(out, static_cast<int64_t>(alternations[slot].since.time_since_epoch().count()));
    }
    if (intended[slot]) put_value(out, *intended[slot]);
  }
  return out;
}

}  // namespace nexpo
