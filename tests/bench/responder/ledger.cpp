#include "responder/ledger.hpp"

#include <simdjson.h>
#include <xxhash.h>

#include <bit>
#include <cstring>
#include <optional>

#include "responder/http_server.hpp"
#include "responder/ids.hpp"

namespace bench {

namespace {

using simdjson::ondemand::json_type;

constexpr std::string_view kKey = "Ext__c";
constexpr std::string_view kKeyMember = "\"Ext__c\":\"";
constexpr std::string_view kNumber = "Number__c";
constexpr size_t kGenerationAt = 12;

/// What a record says, apart from the order of its fields: a sum over all but the key. The generation is taken out.
struct Facts {
  uint64_t values = 0;
  std::string key;
  char generation = '?';
};

uint64_t hash_of(std::string_view text, uint64_t seed) { return XXH3_64bits_withSeed(text.data(), text.size(), seed); }

void add_text(Facts& facts, std::string_view name, std::string_view text, uint64_t seed) {
  if (name == kKey) {
    facts.key = text;
  } else if (name == kNumber && text.size() == kGenerationAt + 1) {
    facts.generation = text[kGenerationAt];
    facts.values += hash_of(text.substr(0, kGenerationAt), seed);
  } else {
    facts.values += hash_of(text, seed);
  }
}

/// Numbers are equal if they are the same double: 1.50 and 1.5 are one value.
Facts facts_of(simdjson::ondemand::object record) {
  Facts facts;
  for (auto field : record) {
    const std::string_view name = field.unescaped_key();
    if (name == "attributes") continue;
    const uint64_t seed = hash_of(name, 0);
    simdjson::ondemand::value value = field.value();
    switch (json_type(value.type())) {
      case json_type::string: add_text(facts, name, value.get_string(), seed); break;
      case json_type::number:
        facts.values += seed ^ std::bit_cast<uint64_t>(double(value.get_double())) * 0x9e3779b97f4a7c15;
        break;
      case json_type::null: facts.values += seed * 3; break;
      default: facts.values += hash_of(std::string_view(value.raw_json_token()).substr(0, 1), seed + 1);
    }
  }
  return facts;
}

}  // namespace

Ledger::Ledger(const RowImage& mapped, size_t records_max)
    : mapped_(mapped), records_max_(records_max), existing_(records_max), seen_(records_max) {
  simdjson::ondemand::parser parser;
  for (size_t row = 0; row < mapped.rows(); ++row) {
    const simdjson::padded_string text(mapped.row(row));
    simdjson::ondemand::document document = parser.iterate(text);
    value_hashes_.push_back(facts_of(document.get_object()).values);
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

bool Ledger::take(std::string_view body, const Change& expected, std::vector<Written>& kept, std::string& fault) {
  for (const char* at = body.data();;) {
    const size_t left = static_cast<size_t>(body.data() + body.size() - at);
    const void* found = memmem(at, left, kKeyMember.data(), kKeyMember.size());
    if (!found) break;
    at = static_cast<const char*>(found) + kKeyMember.size();
    const std::optional<size_t> index = index_of({at, kIdChars}, kSourceIds);
    if (!index || *index >= records_max_) {
      fault = "unknown external id: " + std::string(at, kIdChars);
      return false;
    }
    kept.push_back({*index, false});
  }
  uint64_t distinct = 0, created = 0;
  for (Written& one : kept) {
    one.created = !existing_.set(one.index);
    created += one.created ? 1 : 0;
    distinct += seen_.set(one.index) ? 0 : 1;
  }
  records_ += kept.size();
  distinct_ += distinct;
  created_ += created;
  const uint64_t every = verify_every_;
  if (calls_++ % every == 0) verify(body, expected);
  return true;
}

void Ledger::verify(std::string_view body, const Change& expected) {
  thread_local simdjson::ondemand::parser parser;
  try {
    static_assert(kBodyPadding >= simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::document document = parser.iterate(body.data(), body.size(), body.size() + kBodyPadding);
    for (simdjson::ondemand::object record : document["records"].get_array()) {
      const Facts facts = facts_of(record);
      const std::optional<size_t> index = index_of(facts.key, kSourceIds);
      const bool right = index && facts.generation == expected.digit_of(*index) &&
                         facts.values == value_hashes_[*index % value_hashes_.size()];
      ++verified_;
      if (!right) mismatch(std::string(std::string_view(record.raw_json())));
    }
  } catch (const simdjson::simdjson_error& error) {
    mismatch(std::string("not JSON: ") + error.what());
  }
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
