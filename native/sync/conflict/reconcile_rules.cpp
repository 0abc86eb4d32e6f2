#include "sync/conflict/reconcile_rules.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "transformer/expression/expression.hpp"
#include "transformer/faults.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, FieldMerge>, 8> kMerges{{
    {"authority", FieldMerge::authority},
    {"max", FieldMerge::max},
    {"min", FieldMerge::min},
    {"union", FieldMerge::set_union},
    {"concat", FieldMerge::concat},
    {"counter", FieldMerge::counter},
    {"coalesce", FieldMerge::coalesce},
    {"custom", FieldMerge::custom},
}};
constexpr std::array<std::pair<std::string_view, DeleteUpdate>, 3> kDeleteUpdates{{
    {"review", DeleteUpdate::review},
    {"delete_wins", DeleteUpdate::delete_wins},
    {"update_wins", DeleteUpdate::update_wins},
}};
constexpr std::array<std::pair<std::string_view, Side>, 2> kSides{{{"source", Side::source}, {"target", Side::target}}};
constexpr std::array<std::string_view, 6> kKeys{"rules",        "groups",      "fallback",
                                                "deleteUpdate", "skewSeconds", "priority"};
constexpr std::array<std::string_view, 4> kRuleKeys{"rule", "side", "separator", "expression"};

template <class Table>
std::string words_of(const Table& table) {
  std::vector<std::string_view> words;
  words.reserve(table.size());
  for (const auto& [word, value] : table) words.push_back(word);
  return fmt::format("{}", fmt::join(words, ", "));
}

constexpr std::array<std::pair<std::string_view, Strategy>, 4> kFallbacks{
    {{"source_wins", Strategy::source_wins},
     {"target_wins", Strategy::target_wins},
     {"last_write_wins", Strategy::last_write_wins},
     {"manual", Strategy::manual}}};

/// The path of a member; a name that is no plain one stands in quotes.
std::string member(std::string_view at, std::string_view name) {
  const bool plain = !name.empty() && name.find_first_of(".[]\"") == std::string_view::npos;
  return fmt::format("{}.{}", at, plain ? std::string(name) : json(name).dump());
}

/// Reads one `conflicts` object and gathers its faults.
class RulesReader {
 public:
  RulesReader(const json& json, const Shape& fields, std::string_view at) : json_(json), fields_(*fields), at_(at) {
    out_.fields.resize(fields_.size());
    out_.group.resize(fields_.size(), ReconcileRules::kNoGroup);
    out_.flows_back.resize(fields_.size(), true);
  }

  ReconcileRules read(Strategy strategy) {
    out_.strategy = strategy;
    if (json_.is_null()) return std::move(out_);
    if (!json_.is_object()) {
      fault(at_, "must be an object");
      faults_.throw_if_any();
    }
    check_keys(json_, kKeys, at_);
    read_rules();
    read_groups();
    read_fallback();
    word(json_, "deleteUpdate", at_, kDeleteUpdates, out_.delete_update);
    if (Side side{}; word(json_, "priority", at_, kSides, side)) out_.priority = side;
    read_skew();
    faults_.throw_if_any();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void fault(const std::string& at, fmt::format_string<Args...> format, Args&&... args) {
    faults_.add(at, fmt::format(format, std::forward<Args>(args)...), "");
  }

  template <class Known>
  void check_keys(const json& object, const Known& known, std::string_view at) {
    for (const auto& [key, value] : object.items())
      if (std::ranges::find(known, key) == known.end())
        fault(member(at, key), "unknown key; known are {}", fmt::join(known, ", "));
  }

  /// Sets `into` if `key` is there and good.
  template <class Table, class Value>
  bool word(const json& object, const char* key, std::string_view at, const Table& table, Value& into) {
    const auto found = object.find(key);
    if (found == object.end()) return false;
    if (found->is_string())
      for (const auto& [name, value] : table)
        if (name == found->template get_ref<const std::string&>()) {
          into = value;
          return true;
        }
    fault(member(at, key), "must be one of {}", words_of(table));
    return false;
  }

  std::optional<size_t> slot_of(const json& name, const std::string& at) {
    if (name.is_string()) {
      const auto found = std::ranges::find(fields_, name.get_ref<const std::string&>());
      if (found != fields_.end()) return static_cast<size_t>(found - fields_.begin());
    }
    fault(at, "{} is not a target field of fieldMappings; there are {}", name.dump(), fmt::join(fields_, ", "));
    return std::nullopt;
  }

  void read_rules() {
    const auto rules = json_.find("rules");
    if (rules == json_.end()) return;
    if (!rules->is_object()) return fault(member(at_, "rules"), "must be an object, {{field: {{\"rule\": ...}}}}");
    for (const auto& [field, rule] : rules->items()) {
      const std::string at = member(member(at_, "rules"), field);
      if (const auto slot = slot_of(field, at)) read_rule(rule, at, out_.fields[*slot]);
    }
  }

  void read_rule(const json& rule, const std::string& at, FieldRule& into) {
    if (!rule.is_object()) return fault(at, "must be an object such as {{\"rule\": \"max\"}}");
    check_keys(rule, kRuleKeys, at);
    if (!word(rule, "rule", at, kMerges, into.merge)) {
      if (!rule.contains("rule")) fault(member(at, "rule"), "missing; write one of {}", words_of(kMerges));
      return;
    }
    const bool sided = into.merge == FieldMerge::authority || into.merge == FieldMerge::coalesce;
    if (!word(rule, "side", at, kSides, into.side) && into.merge == FieldMerge::authority && !rule.contains("side"))
      fault(member(at, "side"), "missing; write source or target");
    if (!sided && rule.contains("side")) fault(member(at, "side"), "`{}` has no side", name_of(into.merge));
    read_separator(rule, at, into);
    read_expression(rule, at, into);
  }

  void read_separator(const json& rule, const std::string& at, FieldRule& into) {
    into.separator = into.merge == FieldMerge::set_union ? ";" : "\n";
    const auto found = rule.find("separator");
    if (found == rule.end()) return;
    if (!found->is_string() || found->get_ref<const std::string&>().empty())
      return fault(member(at, "separator"), "must be a text that is not empty");
    if (into.merge != FieldMerge::set_union && into.merge != FieldMerge::concat)
      fault(member(at, "separator"), "`{}` takes none", name_of(into.merge));
    into.separator = found->get<std::string>();
  }

  void read_expression(const json& rule, const std::string& at, FieldRule& into) {
    const auto found = rule.find("expression");
    if (into.merge != FieldMerge::custom) {
      if (found != rule.end()) fault(member(at, "expression"), "`{}` takes none", name_of(into.merge));
      return;
    }
    if (found == rule.end() || !found->is_string())
      return fault(member(at, "expression"), "write an expression over base, source and target");
    const auto slot = [](std::string_view name) -> std::optional<uint32_t> {
      if (name == "base") return 0;
      if (name == "source") return 1;
      if (name == "target") return 2;
      return std::nullopt;
    };
    try {
      into.expression = std::make_shared<const Expression>(Expression::compile(found->get<std::string>(), slot));
    } catch (const Error& error) {
      fault(member(at, "expression"), "{}", error.message());
    }
  }

  void read_groups() {
    const auto groups = json_.find("groups");
    if (groups == json_.end()) return;
    if (!groups->is_array()) return fault(member(at_, "groups"), "must be a list of lists of fields");
    for (const json& group : *groups) {
      const std::string at = fmt::format("{}.groups[{}]", at_, out_.groups);
      if (!group.is_array() || group.size() < 2) fault(at, "must be a list of two fields or more");
      if (group.is_array())
        for (const json& field : group) join_group(field, at);
      ++out_.groups;
    }
  }

  void join_group(const json& field, const std::string& at) {
    const auto slot = slot_of(field, at);
    if (!slot) return;
    if (out_.group[*slot] != ReconcileRules::kNoGroup) fault(at, "{} is in another group already", fields_[*slot]);
    const FieldMerge merge = out_.fields[*slot].merge;
    if (merge != FieldMerge::none && merge != FieldMerge::authority)
      fault(at, "{} has the rule `{}`, which would mix the sides of its group; leave the rule or the group out",
            fields_[*slot], name_of(merge));
    out_.group[*slot] = out_.groups;
  }

  void read_fallback() {
    const auto found = json_.find("fallback");
    if (found == json_.end()) return;
    if (out_.strategy != Strategy::merge)
      return fault(member(at_, "fallback"), "only `merge` has one; conflictResolution is {}", name_of(out_.strategy));
    word(json_, "fallback", at_, kFallbacks, out_.fallback);
  }

  void read_skew() {
    const auto found = json_.find("skewSeconds");
    if (found == json_.end()) return;
    if (!found->is_number() || *found < 0 || *found > kSkewSecondsMax)
      return fault(member(at_, "skewSeconds"), "must be a number from 0 to {}", kSkewSecondsMax);
    out_.skew = Millis(static_cast<int64_t>(found->get<double>() * 1000));
  }

  const json& json_;
  const std::vector<std::string>& fields_;
  std::string at_;
  ReconcileRules out_;
  Faults faults_;
};

}  // namespace

ReconcileRules ReconcileRules::parse(const json& json, Strategy strategy, const Shape& fields, std::string_view at) {
  return RulesReader(json, fields, at).read(strategy);
}

std::string_view name_of(FieldMerge merge) {
  for (const auto& [name, value] : kMerges)
    if (value == merge) return name;
  return "none";
}

std::string_view name_of(DeleteUpdate policy) {
  for (const auto& [name, value] : kDeleteUpdates)
    if (value == policy) return name;
  return "";
}

}  // namespace nexpo
