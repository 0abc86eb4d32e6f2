#include "responder/ledger.hpp"

#include <simdjson.h>

#include <cstring>
#include <optional>

#include "responder/csv_reader.hpp"
#include "responder/http_server.hpp"
#include "responder/ids.hpp"

namespace bench {

namespace {

constexpr std::string_view kKeyMember = "\"Ext__c\":\"";

std::string joined(const std::vector<std::string>& cells) {
  std::string text;
  for (const std::string& cell : cells) text += cell + " | ";
  return text;
}

}  // namespace

Ledger::Ledger(const RowImage& mapped, size_t records_max)
    : records_max_(records_max), existing_(records_max), seen_(records_max) {
  simdjson::ondemand::parser parser;
  for (size_t row = 0; row < mapped.rows(); ++row) {
    const simdjson::padded_string text(mapped.row(row));
    simdjson::ondemand::document document = parser.iterate(text);
    value_hashes_.push_back(RecordFacts(document.get_object()).values());
  }
}

void Ledger::Bits::clear() {
  for (std::atomic<uint64_t>& word : words) word = 0;
}

void Ledger::reset(bool records) {
  seen_.clear();
  if (records) existing_.clear();
  for (std::atomic<uint64_t>* count : {&calls_, &records_, &distinct_, &created_, &verified_, &mismatched_}) *count = 0;
  const std::lock_guard hold(sample_lock_);
  sample_.clear();
}

bool Ledger::keep(std::string_view key, std::vector<Written>& kept, std::string& fault) const {
  const std::optional<size_t> index = index_of(key, kSourceIds);
  if (index && *index < records_max_) {
    kept.push_back({*index, false});
    return true;
  }
  fault = "unknown external id: " + std::string(key);
  return false;
}

void Ledger::mark(std::vector<Written>& kept) {
  uint64_t distinct = 0, created = 0;
  for (Written& one : kept) {
    one.created = !existing_.set(one.index);
    created += one.created ? 1 : 0;
    distinct += seen_.set(one.index) ? 0 : 1;
  }
  records_ += kept.size();
  distinct_ += distinct;
  created_ += created;
}

bool Ledger::take(std::string_view body, const Change& expected, std::vector<Written>& kept, std::string& fault) {
  for (const char* at = body.data();;) {
    const size_t left = static_cast<size_t>(body.data() + body.size() - at);
    const void* found = memmem(at, left, kKeyMember.data(), kKeyMember.size());
    if (!found) break;
    at = static_cast<const char*>(found) + kKeyMember.size();
    if (!keep({at, kIdChars}, kept, fault)) return false;
  }
  mark(kept);
  if (calls_++ % verify_every_ == 0) verify(body, expected);
  return true;
}

void Ledger::verify(std::string_view body, const Change& expected) {
  thread_local simdjson::ondemand::parser parser;
  try {
    static_assert(kBodyPadding >= simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::document document = parser.iterate(body.data(), body.size(), body.size() + kBodyPadding);
    for (simdjson::ondemand::object record : document["records"].get_array()) {
      const bool right = is_right(RecordFacts(record), expected);
      if (!right) mismatch(std::string(std::string_view(record.raw_json())));
    }
  } catch (const simdjson::simdjson_error& error) {
    mismatch(std::string("not JSON: ") + error.what());
  }
}

bool Ledger::take_csv(std::string_view csv, const Change& expected, std::vector<Written>& kept, std::string& fault) {
  CsvReader reader(csv);
  std::vector<std::string> names, cells;
  reader.next(names);
  while (reader.next(cells)) {
    const RecordFacts facts(names, cells);
    if (!keep(facts.key(), kept, fault)) return false;
    if (!is_right(facts, expected)) mismatch(joined(cells));
  }
  ++calls_;
  mark(kept);
  return true;
}

bool Ledger::is_right(const RecordFacts& facts, const Change& expected) {
  ++verified_;
  const std::optional<size_t> index = index_of(facts.key(), kSourceIds);
  return index && facts.generation() == expected.digit_of(*index) &&
         facts.values() == value_hashes_[*index % value_hashes_.size()];
}

void Ledger::mismatch(std::string sample) {
  ++mismatched_;
  const std::lock_guard hold(sample_lock_);
  if (sample_.empty()) sample_ = std::move(sample);
}

std::string Ledger::to_json() const {
  std::string json;
  const auto add = [&json](const char* name, uint64_t value) {
    json += (json.empty() ? "\"" : ",\"") + std::string(name) + "\":" + std::to_string(value);
  };
  add("writeCalls", calls_);
  add("records", records_);
  add("distinct", distinct_);
  add("created", created_);
  add("verified", verified_);
  add("mismatched", mismatched_);
  const std::lock_guard hold(sample_lock_);
  std::string quoted;
  for (const char c : sample_) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return json + ",\"mismatch\":\"" + quoted + '"';
}

}  // namespace bench
