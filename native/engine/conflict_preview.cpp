#include "engine/conflict_preview.hpp"

#include <map>

#include "engine/call_body.hpp"
#include "engine/rule_judge.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

struct FieldCount {
  int64_t settled = 0, left = 0;
};

json preview_open(const std::vector<UnmaskedConflict>& items, RuleJudge& judge, json& answer) {
  std::map<size_t, FieldCount> counts;
  json samples = json::array();
  int64_t settled = 0;
  for (const UnmaskedConflict& one : items) {
    settled += judge.settles(one);
    for (const size_t slot : judge.judged()) ++(judge.holds(slot) ? counts[slot].left : counts[slot].settled);
    if (samples.size() < kPreviewSamplesMax) samples.push_back(judge.told());
  }
  json fields = json::array();
  for (const auto& [slot, count] : counts)
    fields.push_back({{"field", judge.field(slot)}, {"settled", count.settled}, {"left", count.left}});
  answer["fields"] = std::move(fields);
  answer["samples"] = std::move(samples);
  const auto looked = static_cast<int64_t>(items.size());
  return {{"looked", looked}, {"settled", settled}, {"left", looked - settled}};
}

json preview_decided(const std::vector<UnmaskedConflict>& items, RuleJudge& judge) {
  int64_t same = 0, left = 0;
  for (const UnmaskedConflict& one : items) {
    if (!judge.settles(one))
      ++left;
    else if (judge.same_as(one.decision))
      ++same;
  }
  const auto looked = static_cast<int64_t>(items.size());
  return {{"looked", looked}, {"same", same}, {"other", looked - same - left}, {"left", left}};
}

}  // namespace

Task<json> preview_conflicts(Runtime& runtime, json body) {
  ConflictFilter filter;
  filter.sync_id = CallBody(body).text("syncId");
  const AskedRules asked = AskedRules::parse(body);
  ConflictFilter applied = filter;
  filter.state = ConflictState::open;
  applied.state = ConflictState::closed;
  applied.outcome = "applied";
  const UnmaskedConflicts open = co_await unmasked_conflicts(runtime, std::move(filter), false, kPreviewOpenMax);
  const UnmaskedConflicts decided = co_await unmasked_conflicts(runtime, std::move(applied), true, kPreviewDecidedMax);
  RuleJudge judge(asked, asked.shape({&open.items, &decided.items}));
  json answer{{"more", open.more}};
  answer["open"] = preview_open(open.items, judge, answer);
  answer["decided"] = preview_decided(decided.items, judge);
  co_return answer;
}

}  // namespace nexpo
