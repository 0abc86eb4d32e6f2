// SeenSet: which keys a full run has seen, at 8 bytes a key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/pair_store.hpp"

namespace nexpo {

/// Keys are kept as 64-bit hashes that are salted with the run's number. A key that was not seen passes for seen with
/// a chance of n in 2^64 (one in 10^11 runs over 10 million records), and then only until the next full run, whose
/// salt is another one. The error can only spare a record that is gone, never remove one that is there. The side is
/// part of the salt, so one set holds the keys of both.
class SeenSet {
 public:
  /// Appends the packed hash of `key` to the bytes that one page leaves in the store.
  static void pack(std::string& bytes, std::string_view key, int64_t run_id, Side side = Side::source);

  explicit SeenSet(int64_t run_id) : run_id_(run_id) {}
  int64_t run_id() const { return run_id_; }
  /// Takes what pack() made. Throws Error{invalid} if the bytes were cut.
  void add(std::string_view bytes);
  /// Ends the adding, before the first question.
  void seal();
  bool contains(std::string_view key, Side side = Side::source) const;

 private:
  int64_t run_id_;
  std::vector<uint64_t> hashes_;
};

}  // namespace nexpo
