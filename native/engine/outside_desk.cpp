#include "engine/outside_desk.hpp"

#include <fmt/format.h>

#include "engine/end.hpp"

namespace nexpo {
namespace {

/// What the other side of a link is called; empty: the link is only an intent, and nobody knows whether it came true.
std::string key_of(const Link& link, std::string_view key) {
  if (link.fingerprint.empty()) return {};
  return link.target_key.empty() ? std::string(key) : link.target_key;
}

std::string key_of(const Pair& pair, bool back) {
  if (!pair.linked()) return {};
  return back ? pair.source_key : pair.target_key;
}

}  // namespace

void OutsideDesk::serve(const MappingPlan& plan) {
  for (const OutsideQuery* query : plan.outside()) {
    queries_.push_back(query);
    const auto* record = std::get_if<RecordQuery>(&query->of);
    if (!record) continue;
    System& system = system_of(*record, query->at + ".from");
    lookups_[query] = std::make_unique<RecordLookup>(*system.source, runtime_.loop, *record, RetryPolicy{}, stop_);
  }
}

OutsideDesk::System& OutsideDesk::system_of(const RecordQuery& query, const std::string& at) {
  System& system = systems_[query.end.dump()];
  if (system.connection) return system;
  EndSettings end;
  if (const auto id = query.end.find("integration"); id != query.end.end()) {
    end = needs_.integrations.at(id->get<std::string>());
  } else {
    end.type = query.end.value("type", "");
    end.config = query.end.value("config", nlohmann::json::object());
  }
  system.connection = connect_end(runtime_, end, at, fmt::format("{}/{}", scope_, systems_.size()), stop_);
  system.source = system.connection->source();
  return system;
}

Task<std::vector<std::string>> OutsideDesk::check() {
  std::vector<std::string> warnings;
  for (const OutsideQuery* query : queries_) {
    if (const auto lookup = lookups_.find(query); lookup != lookups_.end()) co_await lookup->second->check(query->at);
    const auto* link = std::get_if<LinkQuery>(&query->of);
    if (!link) continue;
    const SyncState state = co_await runtime_.store->load(link->sync_id);
    if (!state.last)
      warnings.push_back(
          fmt::format("{}.link: sync \"{}\" has not run yet, so it links no records", query->at, link->sync_id));
  }
  co_return warnings;
}

Task<OutsideAnswers> OutsideDesk::ask(const OutsideQuery& query, std::vector<Value> questions) {
  if (const auto lookup = lookups_.find(&query); lookup != lookups_.end())
    co_return co_await lookup->second->ask(std::move(questions));
  if (const auto* link = std::get_if<LinkQuery>(&query.of)) {
    LinkQuery followed = *link;
    co_return co_await follow(std::move(followed), std::move(questions));
  }
  FunctionQuery function = std::get<FunctionQuery>(query.of);
  co_return co_await runtime_.host_functions.call(std::move(function), std::move(questions), stop_);
}

/// A sync keeps links if it goes one way, and pairs if it goes both.
Task<OutsideAnswers> OutsideDesk::follow(LinkQuery query, std::vector<Value> keys) {
  std::vector<std::string> others(keys.size());
  std::vector<std::string_view> asked;
  asked.reserve(keys.size());
  for (const Value& key : keys) asked.push_back(key.view());
  if (!query.back) {
    const auto links = co_await runtime_.store->links(query.sync_id, asked);
    for (size_t i = 0; i < links.size(); ++i)
      if (links[i]) others[i] = key_of(*links[i], asked[i]);
  }
  std::vector<std::string_view> left;
  std::vector<size_t> place;
  for (size_t i = 0; i < others.size(); ++i) {
    if (!others[i].empty()) continue;
    left.push_back(asked[i]);
    place.push_back(i);
  }
  if (!left.empty()) {
    const PairBy by = query.back ? PairBy::target : PairBy::source;
    const auto pairs = co_await runtime_.store->pairs(query.sync_id, by, std::move(left));
    for (size_t i = 0; i < pairs.size(); ++i)
      if (pairs[i]) others[place[i]] = key_of(*pairs[i], query.back);
  }
  OutsideAnswers out{{}, std::make_shared<Arena>()};
  const std::string_view missing = out.memory->adopt(fmt::format("is not linked by sync \"{}\" yet", query.sync_id));
  for (const std::string& other : others) {
    OutsideAnswer& answer = out.answers.emplace_back();
    if (other.empty()) {
      answer.code = "missing_parent";
      answer.reason = missing;
      answer.retryable = true;
    } else {
      answer.state = OutsideAnswer::State::found;
      answer.value = Value::text(out.memory->copy(other));
    }
  }
  co_return out;
}

uint64_t OutsideDesk::calls() const {
  uint64_t calls = 0;
  for (const auto& [settings, system] : systems_) calls += system.connection->calls();
  return calls;
}

}  // namespace nexpo
