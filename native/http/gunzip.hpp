// Gunzip: decompression piece by piece that knows whether the end was reached. (libcurl's own decoder takes a
// truncated gzip stream for a whole one, which would turn a cut page into a short page.)
#pragma once

#include <zlib.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace nexpo::http {

class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;

  enum class Verdict { ok, corrupt, too_long };
  /// Appends what `bytes` decompress to. Stops with too_long once `out` is longer than `out_max`.
  Verdict feed(std::string_view bytes, std::string& out, size_t out_max);
  /// True if the bytes so far are whole gzip members, checksums included.
  bool complete() const { return at_member_end_; }

 private:
  z_stream stream_{};
  bool at_member_end_ = false;
};

}  // namespace nexpo::http
