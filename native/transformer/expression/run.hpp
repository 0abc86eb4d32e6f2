// Run: the state of one evaluation, handed to everything that takes part in it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "record/json_tokens.hpp"
#include "record/value.hpp"
#include "transformer/expression/datum.hpp"
#include "transformer/expression/heap.hpp"
#include "transformer/zone.hpp"

namespace re2 {
class RE2;
}

namespace nexpo::cel {

/// Kept between evaluations for its memory. One thread at a time.
struct Run {
  Run();
  ~Run();

  Heap heap{0};
  int64_t cost_left = 0;
  Datum::Fault fault{};
  std::vector<Datum> registers;
  std::span<const Value> cells;
  Arena* arena = nullptr;  ///< for texts that outlive the evaluation
  JsonTokens tokens;
  std::string scratch;

  /// What was made of the last text, since the next row mostly asks for the same.
  std::unique_ptr<re2::RE2> pattern;
  std::string pattern_text;
  std::optional<Zone> zone;
  std::string zone_name;

  bool fail(FaultCode code) {
    fault = {code, 0, Kind::none, Kind::none};
    return false;
  }
  bool no_overload(const Datum& left, const Datum& right) {
    fault = {FaultCode::no_overload, 0, left.kind, right.kind};
    return false;
  }
  /// For work that depends on the size of values. What is beyond the limit is seen at the next instruction.
  void charge_bytes(size_t bytes) { cost_left -= static_cast<int64_t>(bytes / 16); }
  void charge_items(size_t items) { cost_left -= static_cast<int64_t>(items); }
  bool is_exhausted() const { return cost_left < 0; }

  /// A text of `size` bytes to be written, or null at the limit (and the fault is set).
  char* new_text(size_t size) {
    charge_bytes(size);
    char* const place = heap.text(size);
    if (!place) fail(FaultCode::too_much_data);
    return place;
  }
  template <class T>
  T* make(size_t count) {
    charge_items(count);
    T* const place = heap.make<T>(count);
    if (!place) fail(FaultCode::too_much_data);
    return place;
  }
  /// A copy of `text` in the heap.
  bool keep_text(std::string_view text, Datum& out) {
    char* const place = new_text(text.size());
    if (!place) return false;
    std::memcpy(place, text.data(), text.size());
    out = Datum::text({place, text.size()});
    return true;
  }
};

/// A builtin function. `out` is none of `arguments`. False: `run.fault` says why.
using Builtin = bool (*)(Run& run, std::span<const Datum> arguments, Datum& out);

}  // namespace nexpo::cel
