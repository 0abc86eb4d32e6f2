#include "store/intents.hpp"

#include <cstdint>
#include <cstring>

#include "store/run_state.hpp"

namespace nexpo {
namespace {

void put_size(std::string& out, size_t size) {
  const auto narrow = static_cast<uint32_t>(size);
  char bytes[sizeof narrow];
  std::memcpy(bytes, &narrow, sizeof narrow);
  out.append(bytes, sizeof bytes);
}

std::string_view take(std::string_view& packed, size_t size) {
  if (packed.size() < size)
    throw Error(ErrorKind::invalid, "the state store's note of what a page meant to write is damaged");
  const std::string_view taken = packed.substr(0, size);
  packed.remove_prefix(size);
  return taken;
}

std::string_view take_text(std::string_view& packed) {
  uint32_t size = 0;
  std::memcpy(&size, take(packed, sizeof size).data(), sizeof size);
  return take(packed, size);
}

}  // namespace

std::string pack_intents(const std::vector<LinkWrite>& intents) {
  std::string out;
  out.reserve(intents.size() * 96);
  for (const LinkWrite& one : intents) {
    const std::string_view target = one.target_key == one.source_key ? std::string_view() : one.target_key;
    put_size(out, one.source_key.size());
    out += one.source_key;
    put_size(out, target.size());
    out += target;
    out += bytes_of(one.fingerprint);
    out += bytes_of(one.shadow);
    out += bytes_of(one.claim);
  }
  return out;
}

std::vector<LinkWrite> unpack_intents(std::string_view packed) {
  std::vector<LinkWrite> intents;
  while (!packed.empty()) {
    LinkWrite one;
    one.source_key = take_text(packed);
    one.target_key = take_text(packed);
    one.fingerprint = fingerprint_of_bytes(take(packed, sizeof one.fingerprint.bytes));
    one.shadow = fingerprint_of_bytes(take(packed, sizeof one.shadow.bytes));
    one.claim = fingerprint_of_bytes(take(packed, sizeof one.claim.bytes));
    intents.push_back(one);
  }
  return intents;
}

}  // namespace nexpo
