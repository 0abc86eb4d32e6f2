#include "record/selection.hpp"

#include <algorithm>
#include <bit>
#include <span>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

static_assert(std::endian::native == std::endian::little, "prefix_of() masks the high bytes");

constexpr size_t kPathsMax = 10'000;

using Node = Selection::Node;

Node& member_of(Node& parent, const std::string& name) {
  for (Node::Member& member : parent.members) {
    if (member.name == name) return *member.node;
  }
  parent.names_have_backslash |= name.find('\\') != std::string::npos;
  const uint64_t prefix = Node::prefix_of(name, name.size());
  return *parent.members.emplace_back(Node::Member{prefix, name, std::make_unique<Node>()}).node;
}

Node& element_of(Node& parent, uint32_t index) {
  for (auto& [known, node] : parent.elements) {
    if (known == index) return *node;
  }
  return *parent.elements.emplace_back(index, std::make_unique<Node>()).second;
}

void insert(Node& root, const Path& path, uint32_t slot) {
  Node* node = &root;
  for (size_t i = 0; i < path.size(); ++i) {
    node->slots_below.push_back(slot);
    const PathStep& step = path[i];
    if (step.kind == PathStep::Kind::every) {
      const auto rest = path.begin() + static_cast<std::ptrdiff_t>(i) + 1;
      node->collections.push_back({Path(rest, path.end()), slot});
      return;
    }
    node = step.kind == PathStep::Kind::name ? &member_of(*node, step.name) : &element_of(*node, step.index);
  }
  node->slots.push_back(slot);
  node->slots_below.push_back(slot);
}

void finish(Node& node) {
  if (node.is_leaf() && node.slots.size() == 1) node.leaf_slot = node.slots[0];
  std::stable_sort(node.members.begin(), node.members.end(),
                   [](const auto& a, const auto& b) { return a.name.size() < b.name.size(); });
  std::sort(node.elements.begin(), node.elements.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  size_t member = 0;
  for (size_t bucket = 0; bucket < Node::kBuckets; ++bucket) {
    while (member < node.members.size() && Node::bucket_of(node.members[member].name.size()) <= bucket) ++member;
    node.bucket_ends[bucket] = static_cast<uint16_t>(member);
  }
  for (auto& child : node.members) finish(*child.node);
  for (auto& child : node.elements) finish(*child.second);
}

}  // namespace

Selection::Selection(std::vector<std::string> paths) : root_(std::make_unique<Node>()) {
  if (paths.size() > kPathsMax) {
    throw Error(ErrorKind::invalid, fmt::format("{} paths are wanted, at most {} can be", paths.size(), kPathsMax));
  }
  for (size_t slot = 0; slot < paths.size(); ++slot)
    insert(*root_, parse_path(paths[slot]), static_cast<uint32_t>(slot));
  finish(*root_);
  shape_ = std::make_shared<const std::vector<std::string>>(std::move(paths));
}

Selection::~Selection() = default;
Selection::Selection(Selection&&) noexcept = default;

}  // namespace nexpo
