// RecordBatch: the rows of one page over the slots that the plan names.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "record/value.hpp"

namespace nexpo {

/// Names of the slots, in order: source paths on the way in, target fields on the way out. Shared by all batches.
using Shape = std::shared_ptr<const std::vector<std::string>>;

enum class RecordOp : uint8_t { upsert, remove };

/// What the engine knows of a row besides its cells. `key` is the record's identity in its system.
/// `version` is the system's own stamp (for example SystemModstamp), or empty. `editor` is who changed the record last,
/// by the system's own name for them; empty where it does not tell, or was not asked to.
struct RowHead {
  std::string_view key;
  std::string_view version;
  RecordOp op = RecordOp::upsert;
  bool by_us = false;  ///< `editor` is the login that reads here: we wrote it, or automation that our write set off
  std::string_view editor;
};

/// Row-major cells; all views point into `arena`. Move-only in spirit: pages are handed on, not shared.
class RecordBatch {
 public:
  RecordBatch() = default;
  RecordBatch(Shape shape, std::shared_ptr<Arena> arena) : shape_(std::move(shape)), arena_(std::move(arena)) {}

  size_t size() const { return heads_.size(); }
  bool empty() const { return heads_.empty(); }
  size_t slots() const { return shape_ ? shape_->size() : 0; }
  const Shape& shape() const { return shape_; }
  const std::shared_ptr<Arena>& arena() const { return arena_; }

  const RowHead& head(size_t row) const { return heads_[row]; }
  RowHead& head(size_t row) { return heads_[row]; }
  std::span<const Value> row(size_t row) const { return {cells_.data() + row * slots(), slots()}; }
  std::span<Value> row(size_t row) { return {cells_.data() + row * slots(), slots()}; }

  void reserve(size_t rows) {
    heads_.reserve(rows);
    cells_.reserve(rows * slots());
  }
  /// Adds a row of unset cells.
  std::span<Value> add(RowHead head) {
    heads_.push_back(head);
    cells_.resize(cells_.size() + slots());
    return row(heads_.size() - 1);
  }
  /// Takes the last row back.
  void drop_last() {
    heads_.pop_back();
    cells_.resize(cells_.size() - slots());
  }

 private:
  Shape shape_;
  std::shared_ptr<Arena> arena_;
  std::vector<RowHead> heads_;
  std::vector<Value> cells_;
};

}  // namespace nexpo
