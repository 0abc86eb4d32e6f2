#include "transformer/expression/chain.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nexpo::cel {
namespace {

bool is_plain(const std::string& name) {
  return !name.empty() && name.find_first_of(".[]\"") == std::string::npos && name.front() != ' ' && name.back() != ' ';
}

std::string quoted_step(const std::string& name) {
  if (is_plain(name)) return name;
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// What a member or an element adds to the name.
std::optional<std::string> step_of(const Node& node) {
  if (node.form == Node::Form::member) return "." + quoted_step(node.text);
  if (node.form != Node::Form::index) return std::nullopt;
  const Node& key = *node.children[1];
  if (key.form != Node::Form::literal) return std::nullopt;
  if (key.value.is(Kind::text)) return "." + quoted_step(key.text);
  if (key.value.is(Kind::integer) && key.value.integer >= 0) return fmt::format("[{}]", key.value.integer);
  return std::nullopt;
}

}  // namespace

std::optional<Chain> chain_of(const Node& node) {
  std::vector<std::string> steps;
  const Node* at = &node;
  while (at->form != Node::Form::name) {
    std::optional<std::string> step = step_of(*at);
    if (!step) return std::nullopt;
    steps.push_back(std::move(*step));
    at = at->children[0].get();
  }
  Chain chain{at->text, at->text};
  std::for_each(steps.rbegin(), steps.rend(), [&](const std::string& step) { chain.name += step; });
  return chain;
}

}  // namespace nexpo::cel
