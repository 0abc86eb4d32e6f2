#include "record/counts.hpp"

namespace nexpo {

Counts& Counts::operator+=(const Counts& other) {
  read += other.read;
  created += other.created;
  updated += other.updated;
  deleted += other.deleted;
  unchanged += other.unchanged;
  filtered += other.filtered;
  rejected += other.rejected;
  in_review += other.in_review;
  superseded += other.superseded;
  return *this;
}

}  // namespace nexpo
