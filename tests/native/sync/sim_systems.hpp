// SimSource and SimTarget: two systems with a memory, a ledger of effects and a bad temper.
#pragma once

#include <map>
#include <random>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connectors/connector.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {

/// How often things go wrong, in percent of calls (or of records for `row_lock`).
struct SimFaults {
  int read_error = 0;
  int write_lost_before = 0;  ///< the call fails, nothing happened
  int write_lost_after = 0;   ///< the call fails, everything happened
  int row_lock = 0;           ///< this record is refused now and taken later
};

struct SimRecord {
  int64_t stamp = 0;  ///< whole seconds, as Salesforce has them
  std::string name;
  bool deleted = false;
};

/// A system with (stamp, key) cursors: inclusive lower bound with overlap, upper bound from its own clock.
struct SimSourceData {
  static constexpr int64_t kOverlapSeconds = 600;
  std::map<std::string, SimRecord> records;
};

/// Adds a record as reading and fetching give it.
inline void add_sim_record(RecordBatch& batch, const std::string& key, const SimRecord& record) {
  Arena& arena = *batch.arena();
  RowHead head;
  head.key = arena.copy(key);
  head.version = arena.copy(std::to_string(record.stamp));
  head.op = record.deleted ? RecordOp::remove : RecordOp::upsert;
  const std::span<Value> cells = batch.add(head);
  for (size_t slot = 0; slot < cells.size(); ++slot)
    cells[slot] = Value::text((*batch.shape())[slot] == "id" ? head.key : arena.copy(record.name));
}

class SimReader final : public Reader {
 public:
  SimReader(SimClock& clock, const SimSourceData& data, ReadPlan plan, std::mt19937_64& random, const SimFaults& faults)
      : clock_(clock), data_(data), plan_(std::move(plan)), random_(random), faults_(faults) {
    shape_ = std::make_shared<std::vector<std::string>>(plan_.paths);
    if (plan_.from.empty()) {
      upper_ = seconds_now();
      return;
    }
    const auto json = nlohmann::json::parse(plan_.from.text);
    low_ = json["low"].get<int64_t>();
    after_stamp_ = json.value("stamp", int64_t{-1});
    after_key_ = json.value("key", "");
    upper_ = json.contains("upper") ? json["upper"].get<int64_t>() : seconds_now();
  }

  Task<Page> next() override {
    co_await clock_.sleep(Millis{static_cast<int>(random_() % 20)});
    if (static_cast<int>(random_() % 100) < faults_.read_error)
      throw Error(random_() % 2 ? ErrorKind::unavailable : ErrorKind::throttled, "simulated: the page was cut");
    std::set<std::pair<int64_t, std::string>> due;
    for (const auto& [key, record] : data_.records)
      // A full read has no upper bound: a record that is edited meanwhile moves behind the cursor's end, not out of
      // sight.
      if (record.stamp >= low_ && (record.stamp < upper_ || !plan_.incremental) &&
          std::pair(record.stamp, key) > std::pair(after_stamp_, after_key_) &&
          (!record.deleted || (plan_.incremental && plan_.deletions)))
        due.emplace(record.stamp, key);
    Page page;
    page.records = RecordBatch(shape_, std::make_shared<Arena>());
    for (const auto& [stamp, key] : due) {
      if (page.records.size() == static_cast<size_t>(plan_.page_records_max)) break;
      add_sim_record(page.records, key, data_.records.at(key));
      after_stamp_ = stamp;
      after_key_ = key;
    }
    page.last = page.records.size() < static_cast<size_t>(plan_.page_records_max);
    nlohmann::json next{{"low", page.last ? upper_ - SimSourceData::kOverlapSeconds : low_}};
    if (!page.last) next.update({{"stamp", after_stamp_}, {"key", after_key_}, {"upper", upper_}});
    page.next = {next.dump()};
    co_return page;
  }

 private:
  int64_t seconds_now() const {
    return std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
  }

  SimClock& clock_;
  const SimSourceData& data_;
  ReadPlan plan_;
  std::mt19937_64& random_;
  const SimFaults& faults_;
  Shape shape_;
  int64_t low_ = 0, upper_ = 0, after_stamp_ = -1;
  std::string after_key_;
};

class SimSource final : public Source {
 public:
  SimSource(SimClock& clock, const SimSourceData& data, std::mt19937_64& random, const SimFaults& faults)
      : clock_(clock), data_(data), random_(random), faults_(faults) {}
  Task<Schema> describe(std::string) override { co_return Schema{}; }
  Task<std::unique_ptr<Reader>> read(ReadPlan plan) override {
    co_return std::make_unique<SimReader>(clock_, data_, std::move(plan), random_, faults_);
  }
  Task<RecordBatch> fetch(FetchPlan plan, std::vector<std::string> keys) override {
    co_await clock_.sleep(Millis{static_cast<int>(random_() % 20)});
    if (static_cast<int>(random_() % 100) < faults_.read_error)
      throw Error(ErrorKind::unavailable, "simulated: the answer was cut");
    const std::set<std::string> wanted(keys.begin(), keys.end());
    RecordBatch found(std::make_shared<const std::vector<std::string>>(std::move(plan.paths)),
                      std::make_shared<Arena>());
    for (const auto& [key, record] : data_.records) {
      const bool by_name = plan.key_field == "name";
      if (!record.deleted && wanted.contains(by_name ? record.name : key)) add_sim_record(found, key, record);
    }
    co_return found;
  }

 private:
  SimClock& clock_;
  const SimSourceData& data_;
  std::mt19937_64& random_;
  const SimFaults& faults_;
};

/// What is in the target and what ever happened there.
struct SimTargetData {
  std::map<std::string, std::string> records;
  std::map<std::string, int> creations, deletions;
  uint64_t rows_sent = 0;  ///< effects or not
  uint64_t effects = 0;
  std::string refused_prefix = "bad";  ///< records whose name begins so are refused
  std::string batch_fault;             ///< every write fails with this message, if there is one
};

class SimWriter final : public Writer {
 public:
  SimWriter(SimClock& clock, SimTargetData& data, std::mt19937_64& random, const SimFaults& faults)
      : clock_(clock), data_(data), random_(random), faults_(faults) {}

  std::string key_field() const override { return "id"; }

  Task<BatchReceipt> write(const RecordBatch& batch) override {
    co_await lose(faults_.write_lost_before);
    if (!data_.batch_fault.empty()) throw Error(ErrorKind::invalid, data_.batch_fault);
    BatchReceipt out;
    for (size_t row = 0; row < batch.size(); ++row) out.receipts.push_back(upsert(batch, row, out.rejections));
    co_await lose(faults_.write_lost_after);
    co_return out;
  }

  Task<BatchReceipt> remove(const RecordBatch& keys, DeleteKind) override {
    co_await lose(faults_.write_lost_before);
    BatchReceipt out;
    for (size_t row = 0; row < keys.size(); ++row) {
      const std::string key(keys.head(row).key);
      if (data_.records.erase(key)) {
        ++data_.deletions[key];
        ++data_.effects;
      }
      out.receipts.push_back({Outcome::deleted, ""});
    }
    co_await lose(faults_.write_lost_after);
    co_return out;
  }

  Task<RecordBatch> fetch(std::vector<std::string> keys) override {
    co_await clock_.sleep(Millis{1});
    auto arena = std::make_shared<Arena>();
    RecordBatch out(std::make_shared<std::vector<std::string>>(std::vector<std::string>{"id", "name"}), arena);
    for (const std::string& key : keys) {
      const auto place = data_.records.find(key);
      if (place == data_.records.end()) continue;
      RowHead head;
      head.key = arena->copy(key);
      const std::span<Value> cells = out.add(head);
      cells[0] = Value::text(head.key);
      cells[1] = Value::text(arena->copy(place->second));
    }
    co_return out;
  }

 private:
  Task<> lose(int percent) {
    co_await clock_.sleep(Millis{static_cast<int>(random_() % 20)});
    if (static_cast<int>(random_() % 100) < percent) throw Error(ErrorKind::unavailable, "simulated: connection cut");
  }

  Receipt upsert(const RecordBatch& batch, size_t row, std::vector<Rejection>& rejections) {
    ++data_.rows_sent;
    const std::string key(batch.row(row)[0].view());
    const std::string name(batch.row(row)[1].view());
    if (name.starts_with(data_.refused_prefix)) {
      rejections.push_back({row, "BAD_NAME", "simulated: this name is refused: " + name, "name", false});
      return {Outcome::rejected, ""};
    }
    if (static_cast<int>(random_() % 100) < faults_.row_lock) {
      rejections.push_back({row, "ROW_LOCK", "simulated: locked", "", true});
      return {Outcome::rejected, ""};
    }
    const auto [place, created] = data_.records.try_emplace(key, name);
    if (!created && place->second == name) return {Outcome::unchanged, ""};
    place->second = name;
    ++data_.effects;
    if (created) ++data_.creations[key];
    return {created ? Outcome::created : Outcome::updated, ""};
  }

  SimClock& clock_;
  SimTargetData& data_;
  std::mt19937_64& random_;
  const SimFaults& faults_;
};

}  // namespace nexpo
