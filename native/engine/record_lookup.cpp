#include "engine/record_lookup.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/until.hpp"

namespace nexpo {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// The rows that share a key. Of one record that came twice the first counts.
struct Match {
  std::string_view identity;
  Value value;
  bool ambiguous = false;
};

void add_match(std::map<std::string, Match, std::less<>>& matches, std::string key, std::string_view identity,
               Value value) {
  const auto [place, is_new] = matches.try_emplace(std::move(key), Match{identity, value});
  if (!is_new && place->second.identity != identity) place->second.ambiguous = true;
}

FoundRecord record_of(const Match& match) {
  if (match.ambiguous) return {FoundRecord::State::ambiguous, ValueKind::null, {}};
  const ValueKind kind = match.value.present() ? match.value.kind() : ValueKind::null;
  return {FoundRecord::State::found, kind, std::string(match.value.view())};
}

Value value_in(const FoundRecord& record, Arena& memory) {
  const std::string_view text = memory.copy(record.text);
  switch (record.kind) {
    case ValueKind::boolean: return Value::boolean(text == "true");
    case ValueKind::number: return Value::number(text);
    case ValueKind::text: return Value::text(text);
    case ValueKind::json: return Value::json(text);
    default: return Value::null();
  }
}

}  // namespace

RecordLookup::RecordLookup(Source& source, Clock& clock, RecordQuery query, RetryPolicy retry, CancelToken stop,
                           size_t cache_bytes_max)
    : source_(source),
      clock_(clock),
      query_(std::move(query)),
      retry_(retry),
      stop_(std::move(stop)),
      missing_(fmt::format("is not in {}.{}", query_.object, query_.key)),
      ambiguous_(fmt::format("is in {}.{} more than once", query_.object, query_.key)),
      cache_(cache_bytes_max) {}

Task<> RecordLookup::check(std::string at) {
  const Schema schema = co_await source_.describe(query_.object);
  const std::array<std::pair<const char*, const std::string*>, 2> fields{
      {{"key", &query_.key}, {"value", &query_.value}}};
  for (const auto& [name, field] : fields) {
    // A path into a parent or a document is checked by the system itself.
    if (field->find_first_of(".[\"") != std::string::npos || schema.find(*field)) continue;
    const std::string place = at + "." + name;
    throw Error(ErrorKind::invalid, fmt::format("{}: `{}` is no field of {}", place, *field, query_.object))
        .with_field(place);
  }
}

Task<OutsideAnswers> RecordLookup::ask(std::vector<Value> keys) {
  const Steady now = clock_.steady();
  Records at_hand;
  std::vector<FlightRef> awaited;
  std::vector<std::string> wanted;
  const auto own = std::make_shared<Flight>();
  for (const Value& key : keys) {
    if (const FoundRecord* known = cache_.find(key.view(), now)) {
      at_hand.emplace(key.view(), *known);
    } else if (const auto flight = flights_.find(key.view()); flight != flights_.end()) {
      if (std::ranges::find(awaited, flight->second) == awaited.end()) awaited.push_back(flight->second);
    } else {
      wanted.emplace_back(key.view());
      flights_.emplace(wanted.back(), own);
      if (wanted.size() == 1) awaited.push_back(own);
    }
  }
  if (!wanted.empty()) co_await fly(own, std::move(wanted));
  for (const FlightRef& flight : awaited) {
    Until landed(flight->landed);
    co_await landed;
    if (flight->failed) std::rethrow_exception(flight->failed);
  }
  OutsideAnswers answers{{}, std::make_shared<Arena>()};
  answers.answers.reserve(keys.size());
  for (const Value& key : keys) {
    auto found = at_hand.find(key.view());
    const FoundRecord* record = found == at_hand.end() ? nullptr : &found->second;
    for (const FlightRef& flight : awaited) {
      if (record) break;
      found = flight->records.find(key.view());
      if (found != flight->records.end()) record = &found->second;
    }
    if (!record) throw Error(ErrorKind::internal, "a lookup has lost one of its keys");
    add_answer(answers, *record);
  }
  co_return answers;
}

/// Ends with the flight landed, whatever came of it.
Task<> RecordLookup::fly(FlightRef flight, std::vector<std::string> keys) {
  auto fetch = [&] {
    FetchPlan plan{query_.object, {query_.key}, query_.key};
    if (query_.value != query_.key) plan.paths.push_back(query_.value);
    return source_.fetch(std::move(plan), keys);
  };
  auto fetched = co_await attempt(with_retry(clock_, retry_, stop_, fetch));
  if (fetched.index() == 0) {
    flight->records = records_of(std::get<0>(fetched), keys);
    keep(flight->records);
  } else {
    flight->failed = std::make_exception_ptr(std::get<1>(fetched));
  }
  for (const std::string& key : keys) flights_.erase(key);
  flight->landed.cancel();
}

RecordLookup::Records RecordLookup::records_of(const RecordBatch& rows, const std::vector<std::string>& keys) const {
  std::map<std::string, Match, std::less<>> exact, folded;
  for (size_t row = 0; row < rows.size(); ++row) {
    const std::span<const Value> cells = rows.row(row);
    const std::string_view identity = rows.head(row).key;
    add_match(exact, std::string(cells.front().view()), identity, cells.back());
    if (source_.ignores_case()) add_match(folded, lower(cells.front().view()), identity, cells.back());
  }
  Records records;
  for (const std::string& key : keys) {
    auto match = exact.find(key);
    bool found = match != exact.end();
    if (!found && source_.ignores_case()) {
      match = folded.find(lower(key));
      found = match != folded.end();
    }
    records.emplace(key, found ? record_of(match->second) : FoundRecord{});
  }
  return records;
}

void RecordLookup::keep(const Records& records) {
  const Steady now = clock_.steady();
  for (const auto& [key, record] : records) {
    const bool missing = record.state == FoundRecord::State::missing;
    cache_.put(key, record, now + (missing ? query_.keep_miss : query_.keep));
  }
}

void RecordLookup::add_answer(OutsideAnswers& answers, const FoundRecord& record) const {
  OutsideAnswer& answer = answers.answers.emplace_back();
  switch (record.state) {
    case FoundRecord::State::found:
      answer.state = OutsideAnswer::State::found;
      answer.value = value_in(record, *answers.memory);
      return;
    case FoundRecord::State::missing: answer.reason = missing_; return;
    case FoundRecord::State::ambiguous:
      answer.state = OutsideAnswer::State::failed;
      answer.code = "ambiguous";
      answer.reason = ambiguous_;
      return;
  }
}

}  // namespace nexpo
