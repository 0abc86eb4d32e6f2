// Lease: the right to be the only one at work under one name.
#pragma once

#include <cstdint>
#include <string>

namespace nexpo {

/// The right to run one sync, or to read one feed. `epoch` grows with every holder; a commit with an older one loses.
struct Lease {
  std::string sync_id;
  int64_t epoch = 0;
};

}  // namespace nexpo
