// Ledger: what was written to the target org: which records, how often, and whether with the right values.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "responder/record_facts.hpp"
#include "responder/row_image.hpp"

namespace bench {

/// Every record that is written is counted and marked. Its values are compared with `mapped` in one call of
/// `verify_every`: comparing costs about as much as all the rest here. Thread-safe.
class Ledger {
 public:
  Ledger(const RowImage& mapped, size_t records_max);

  struct Written {
    size_t index;
    bool created;  ///< false if it had been written before
  };
  /// Takes a body of the collections resource. `kept` gets its records in order. False, and the reason in `fault`, if a
  /// record has no external id that is known.
  bool take(std::string_view body, const Change& expected, std::vector<Written>& kept, std::string& fault);
  /// As above for the CSV of an ingest job, of which every value is compared.
  bool take_csv(std::string_view csv, const Change& expected, std::vector<Written>& kept, std::string& fault);

  /// Forgets what was counted; with `records`, also which records exist.
  void reset(bool records);
  void set_verify_every(uint64_t calls) { verify_every_ = calls; }
  /// Members of a JSON object, without the braces.
  std::string to_json() const;

 private:
  struct Bits {
    explicit Bits(size_t count) : words((count + 63) / 64) {}
    /// Sets the bit; true if it was set before.
    bool set(size_t index) { return words[index / 64].fetch_or(1ull << (index % 64)) >> (index % 64) & 1; }
    void clear();
    std::vector<std::atomic<uint64_t>> words;
  };
  bool keep(std::string_view key, std::vector<Written>& kept, std::string& fault) const;
  void mark(std::vector<Written>& kept);
  void verify(std::string_view body, const Change& expected);
  /// Counts the comparison.
  bool is_right(const RecordFacts& facts, const Change& expected);
  void mismatch(std::string sample);

  std::vector<uint64_t> value_hashes_;  ///< of the mapped rows
  size_t records_max_;
  Bits existing_;
  Bits seen_;  ///< since the last reset
  std::atomic<uint64_t> verify_every_{1};
  std::atomic<uint64_t> calls_{0}, records_{0}, distinct_{0}, created_{0}, verified_{0}, mismatched_{0};
  mutable std::mutex sample_lock_;
  std::string sample_;  ///< the first record that was wrong
};

}  // namespace bench
