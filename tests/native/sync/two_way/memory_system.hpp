// MemorySystem: a system of records in memory that people edit, that has ways of its own, and that keeps a ledger.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connectors/connector.hpp"
#include "support/sim_clock.hpp"
#include "transformer/moment.hpp"

namespace nexpo {

/// A field as a test writes it: nothing is null.
using Cell = std::optional<std::string>;
using Fields = std::map<std::string, Cell>;

constexpr const char* kPerson = "ada";
constexpr const char* kOurLogin = "sync";

struct MemoryRecord {
  Fields fields;
  Time stamp{};
  bool deleted = false;
  std::string editor = kPerson;           ///< who changed it last
  std::map<std::string, int> our_writes;  ///< by field: how often the engine changed it
};

/// What a system is, apart from the process that talks to it.
struct MemoryData {
  std::string prefix = "R";            ///< of identities: R1, R2, ...
  std::chrono::microseconds skew{0};   ///< of its clock
  std::chrono::microseconds grain{1};  ///< of its stamps: many systems tell whole seconds
  std::function<Cell(const std::string&, Cell)> norm = [](const std::string&, Cell cell) { return cell; };
  /// Called after a write of ours to that record: an automation of the system.
  std::function<void(MemoryData&, const std::string&, Time)> automation;
  std::map<std::string, MemoryRecord> records;  ///< by identity
  /// Versions that each page tells of once more, in front of those of now.
  std::vector<std::pair<std::string, MemoryRecord>> earlier;
  bool lags = false;  ///< what answers to a fetch is a copy that has nothing yet
  int64_t next_id = 1;
  uint64_t writes = 0;  ///< effects of ours: records created, changed, removed
  uint64_t creations = 0;

  Time stamp(Time now) const {
    const auto exact = now + skew;
    return exact - exact.time_since_epoch() % grain;
  }

  std::string create(Time now, Fields fields) {
    const std::string id = fmt::format("{}{}", prefix, next_id++);
    MemoryRecord& record = records[id];
    for (auto& [name, cell] : fields) record.fields[name] = norm(name, cell);
    record.stamp = stamp(now);
    return id;
  }
  void edit(Time now, const std::string& id, const std::string& field, Cell cell) {
    MemoryRecord& record = records.at(id);
    record.fields[field] = norm(field, std::move(cell));
    record.stamp = stamp(now);
    record.editor = kPerson;
  }
  void remove(Time now, const std::string& id) {
    MemoryRecord& record = records.at(id);
    record.deleted = true;
    record.stamp = stamp(now);
  }
  /// Identities of living records with that key.
  std::vector<std::string> with_key(const std::string& key) const {
    std::vector<std::string> ids;
    for (const auto& [id, record] : records)
      if (const auto cell = record.fields.find("key");
          !record.deleted && cell != record.fields.end() && cell->second == key)
        ids.push_back(id);
    return ids;
  }
  const MemoryRecord* living(const std::string& key) const {
    const auto ids = with_key(key);
    return ids.empty() ? nullptr : &records.at(ids.front());
  }
};

inline std::string iso_of(Time time) {
  const auto micros = time.time_since_epoch().count();
  Moment moment;
  moment_at(micros / 1'000'000, Moment::Kind::instant, 0, moment);
  moment.nanos = static_cast<uint32_t>(micros % 1'000'000) * 1000;
  moment.fraction_digits = 6;
  char text[kIsoTextMax];
  return {text, write_iso(moment, text)};
}

inline void add_memory_record(RecordBatch& batch, const std::string& id, const MemoryRecord& record) {
  Arena& arena = *batch.arena();
  RowHead head;
  head.key = arena.copy(id);
  head.version = arena.copy(iso_of(record.stamp));
  head.op = record.deleted ? RecordOp::remove : RecordOp::upsert;
  head.editor = arena.copy(record.editor);
  head.by_us = record.editor == kOurLogin;
  const std::span<Value> cells = batch.add(head);
  if (record.deleted) return;
  for (size_t slot = 0; slot < cells.size(); ++slot) {
    const auto found = record.fields.find((*batch.shape())[slot]);
    if (found == record.fields.end() || !found->second)
      cells[slot] = Value::null();
    else
      cells[slot] = Value::text(arena.copy(*found->second));
  }
}

/// Records by (stamp, id), inclusive and with an overlap, as real systems give them.
class MemoryReader final : public Reader {
 public:
  static constexpr std::chrono::minutes kOverlap{10};

  MemoryReader(SimClock& clock, const MemoryData& data, ReadPlan plan)
      : clock_(clock), data_(data), plan_(std::move(plan)), upper_(clock.now() + data_.skew) {
    if (plan_.from.empty()) return;
    const auto json = nlohmann::json::parse(plan_.from.text);
    low_ = Time(std::chrono::microseconds(json.at("low").get<int64_t>()));
    after_ = {Time(std::chrono::microseconds(json.value("stamp", int64_t{0}))), json.value("id", "")};
    if (json.contains("upper")) upper_ = Time(std::chrono::microseconds(json["upper"].get<int64_t>()));
  }

  Task<Page> next() override {
    co_await clock_.sleep(Millis{3});
    std::set<std::pair<Time, std::string>> due;
    for (const auto& [id, record] : data_.records)
      if (record.stamp >= low_ && (record.stamp <= upper_ || !plan_.incremental) &&
          std::pair(record.stamp, id) > after_ && (!record.deleted || (plan_.incremental && plan_.deletions)))
        due.emplace(record.stamp, id);
    Page page;
    page.records =
        RecordBatch(std::make_shared<const std::vector<std::string>>(plan_.paths), std::make_shared<Arena>());
    for (const auto& [id, record] : data_.earlier) add_memory_record(page.records, id, record);
    for (const auto& one : due) {
      if (page.records.size() == static_cast<size_t>(plan_.page_records_max)) break;
      add_memory_record(page.records, one.second, data_.records.at(one.second));
      after_ = one;
    }
    page.last = page.records.size() < static_cast<size_t>(plan_.page_records_max);
    const auto micros = [](Time time) { return time.time_since_epoch().count(); };
    nlohmann::json next{{"low", micros(page.last ? upper_ - kOverlap : low_)}};
    if (!page.last) next.update({{"stamp", micros(after_.first)}, {"id", after_.second}, {"upper", micros(upper_)}});
    page.next = {next.dump()};
    co_return page;
  }

 private:
  SimClock& clock_;
  const MemoryData& data_;
  ReadPlan plan_;
  Time low_{}, upper_;
  std::pair<Time, std::string> after_;
};

class MemorySource final : public Source {
 public:
  MemorySource(SimClock& clock, const MemoryData& data) : clock_(clock), data_(data) {}
  Task<Schema> describe(std::string) override { co_return Schema{}; }
  Task<std::unique_ptr<Reader>> read(ReadPlan plan) override {
    co_return std::make_unique<MemoryReader>(clock_, data_, std::move(plan));
  }
  Task<RecordBatch> fetch(FetchPlan plan, std::vector<std::string> keys) override {
    co_await clock_.sleep(Millis{1});
    const std::set<std::string> wanted(keys.begin(), keys.end());
    RecordBatch found(std::make_shared<const std::vector<std::string>>(plan.paths), std::make_shared<Arena>());
    for (const auto& [id, record] : data_.records) {
      if (record.deleted || data_.lags) continue;
      const Cell key = plan.key_field.empty()                   ? Cell(id)
                       : record.fields.contains(plan.key_field) ? record.fields.at(plan.key_field)
                                                                : Cell();
      if (key && wanted.contains(*key)) add_memory_record(found, id, record);
    }
    co_return found;
  }

 private:
  SimClock& clock_;
  const MemoryData& data_;
};

/// How often a write goes wrong, in percent.
struct MemoryFaults {
  int lost_before = 0, lost_after = 0, refused = 0;
};

class MemoryWriter final : public Writer {
 public:
  MemoryWriter(SimClock& clock, MemoryData& data, MemoryFaults faults, std::mt19937_64& random)
      : clock_(clock), data_(data), faults_(faults), random_(random) {}

  std::string key_field() const override { return "key"; }

  Task<BatchReceipt> write(const RecordBatch& batch) override {
    co_await lose(faults_.lost_before);
    BatchReceipt out;
    for (size_t row = 0; row < batch.size(); ++row) out.receipts.push_back(upsert(batch, row, out.rejections));
    co_await lose(faults_.lost_after);
    co_return out;
  }

  Task<BatchReceipt> remove(const RecordBatch& keys, DeleteKind) override {
    co_await lose(faults_.lost_before);
    BatchReceipt out;
    for (size_t row = 0; row < keys.size(); ++row) {
      for (const std::string& id : data_.with_key(std::string(keys.head(row).key))) {
        data_.remove(clock_.now(), id);
        ++data_.writes;
      }
      out.receipts.push_back({Outcome::deleted, ""});
    }
    co_await lose(faults_.lost_after);
    co_return out;
  }

  Task<RecordBatch> fetch(std::vector<std::string>) override { co_return RecordBatch(); }

 private:
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  Task<> lose(int percent) {
    co_await clock_.sleep(Millis{2});
    if (clock_.crashed()) throw SimClock::Crash();
    if (chance(percent)) throw Error(ErrorKind::unavailable, "simulated: connection cut");
  }

  Receipt upsert(const RecordBatch& batch, size_t row, std::vector<Rejection>& rejections) {
    if (chance(faults_.refused)) {
      rejections.push_back({row, "ROW_LOCK", "simulated: locked", "", true});
      return {Outcome::rejected, ""};
    }
    Fields given;
    for (size_t slot = 0; slot < batch.slots(); ++slot) {
      const Value value = batch.row(row)[slot];
      if (!value.is(ValueKind::unset))
        given[(*batch.shape())[slot]] = value.present() ? Cell(std::string(value.view())) : Cell();
    }
    const auto ids = data_.with_key(given.at("key").value_or(""));
    if (ids.empty()) {
      const std::string id = data_.create(clock_.now(), std::move(given));
      ++data_.writes;
      ++data_.creations;
      if (data_.automation) data_.automation(data_, id, clock_.now());
      data_.records.at(id).editor = kOurLogin;
      return {Outcome::created, ""};
    }
    MemoryRecord& record = data_.records.at(ids.front());
    bool changed = false;
    for (const auto& [name, cell] : given) {
      const Cell stored = data_.norm(name, cell);
      if (record.fields[name] == stored) continue;
      record.fields[name] = stored;
      ++record.our_writes[name];
      changed = true;
    }
    if (!changed) return {Outcome::unchanged, ""};
    record.stamp = data_.stamp(clock_.now());
    ++data_.writes;
    if (data_.automation) data_.automation(data_, ids.front(), clock_.now());
    record.editor = kOurLogin;
    return {Outcome::updated, ""};
  }

  SimClock& clock_;
  MemoryData& data_;
  MemoryFaults faults_;
  std::mt19937_64& random_;
};

}  // namespace nexpo
