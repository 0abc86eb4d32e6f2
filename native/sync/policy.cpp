#include "sync/policy.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace nexpo {
namespace {

constexpr std::array<std::pair<std::string_view, Strategy>, 5> kStrategies{{
    {"source_wins", Strategy::source_wins},
    {"target_wins", Strategy::target_wins},
    {"merge", Strategy::merge},
    {"last_write_wins", Strategy::last_write_wins},
    {"manual", Strategy::manual},
}};
constexpr std::array<std::pair<std::string_view, DeletePolicy>, 4> kDeletePolicies{{
    {"ignore", DeletePolicy::ignore},
    {"soft", DeletePolicy::soft},
    {"hard", DeletePolicy::hard},
    {"unlink", DeletePolicy::unlink},
}};

template <class Table>
auto parse(const Table& table, std::string_view word, std::string_view at) {
  std::string allowed;
  for (const auto& [name, value] : table) {
    if (name == word) return value;
    allowed += allowed.empty() ? "" : ", ";
    allowed += name;
  }
  throw Error(ErrorKind::invalid, fmt::format("{}: \"{}\" is not one of {}", at, word, allowed))
      .with_field(std::string(at));
}

template <class Table, class Value>
std::string_view spell(const Table& table, Value wanted) {
  for (const auto& [name, value] : table)
    if (value == wanted) return name;
  return "";
}

}  // namespace

Strategy parse_strategy(std::string_view word, std::string_view at) { return parse(kStrategies, word, at); }

DeletePolicy parse_delete_policy(std::string_view word, std::string_view at) {
  return parse(kDeletePolicies, word, at);
}

std::string_view name_of(Strategy strategy) { return spell(kStrategies, strategy); }
std::string_view name_of(DeletePolicy policy) { return spell(kDeletePolicies, policy); }

}  // namespace nexpo
