// The trie behind a Selection: which members of a record lead to which slots.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/json.hpp"
#include "record/path.hpp"

namespace nexpo {

/// One place in a record. A leaf has slots only; everything below a node is listed in `slots_below`.
struct Selection::Node {
  struct Member {
    uint64_t prefix;  ///< first eight bytes of the name, zero-padded
    std::string name;
    std::unique_ptr<Node> node;
  };
  /// A path that goes on behind `[*]` here: what it gives is collected into one array.
  struct Collection {
    Path rest;
    uint32_t slot;
  };

  static constexpr uint32_t kNoSlot = ~uint32_t{0};
  uint32_t leaf_slot = kNoSlot;       ///< the slot of a leaf that has just one: the usual case
  std::vector<uint32_t> slots;        ///< that take the value as it stands
  std::vector<uint32_t> slots_below;  ///< of this node and all under it
  std::vector<Member> members;        ///< by length of the name
  std::vector<std::pair<uint32_t, std::unique_ptr<Node>>> elements;  ///< by index
  std::vector<Collection> collections;
  bool names_have_backslash = false;  ///< of members

  bool is_leaf() const { return members.empty() && elements.empty() && collections.empty(); }

  /// The node of a member, or null. Names of the same length are told apart by their first eight bytes, so that the
  /// cost does not depend on how many members a record has or in which order they come. `readable` bytes may be read
  /// from the start of `name`.
  const Node* find(std::string_view name, size_t readable) const {
    const size_t bucket = bucket_of(name.size());
    const uint16_t end = bucket_ends[bucket];
    for (uint16_t i = bucket == 0 ? 0 : bucket_ends[bucket - 1]; i < end; ++i) {
      const Member& member = members[i];
      if (member.prefix != prefix_of(name, readable) || member.name.size() != name.size()) continue;
      if (name.size() <= sizeof(uint64_t) || same_rest(member.name.data(), name.data(), name.size()))
        return member.node.get();
    }
    return nullptr;
  }

  static constexpr size_t kBuckets = 64;
  std::array<uint16_t, kBuckets> bucket_ends{};

  // Behind the first eight bytes, which are known to be the same: by words, the last of which may overlap.
  static bool same_rest(const char* a, const char* b, size_t size) {
    for (size_t at = sizeof(uint64_t); at < size; at += sizeof(uint64_t)) {
      const size_t place = at + sizeof(uint64_t) <= size ? at : size - sizeof(uint64_t);
      if (std::memcmp(a + place, b + place, sizeof(uint64_t)) != 0) return false;
    }
    return true;
  }
  static size_t bucket_of(size_t length) { return length < kBuckets ? length : kBuckets - 1; }
  static uint64_t prefix_of(std::string_view name, size_t readable) {
    uint64_t prefix = 0;
    if (readable >= sizeof prefix) {
      std::memcpy(&prefix, name.data(), sizeof prefix);
      if (name.size() >= sizeof prefix) return prefix;
      return name.empty() ? 0 : prefix & (~uint64_t{0} >> (64 - 8 * name.size()));
    }
    std::memcpy(&prefix, name.data(), name.size() < sizeof prefix ? name.size() : sizeof prefix);
    return prefix;
  }
};

}  // namespace nexpo
