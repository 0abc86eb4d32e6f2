#include "http/gunzip.hpp"

#include <algorithm>
#include <new>

namespace nexpo::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's way to ask for a gzip header and checksum
constexpr size_t kStepBytes = 64 * 1024;

}  // namespace

Gunzip::Gunzip() {
  if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
}

Gunzip::~Gunzip() { inflateEnd(&stream_); }

Gunzip::Verdict Gunzip::feed(std::string_view bytes, std::string& out, size_t out_max) {
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib reads only
  stream_.avail_in = static_cast<uInt>(bytes.size());
  bool more = true;
  while (stream_.avail_in > 0 || more) {
    if (at_member_end_) {
      if (stream_.avail_in == 0) break;
      inflateReset(&stream_);  // another member follows
      at_member_end_ = false;
    }
    const size_t before = out.size();
    out.resize(before + kStepBytes);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream_.avail_out = static_cast<uInt>(kStepBytes);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    out.resize(before + kStepBytes - stream_.avail_out);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return Verdict::corrupt;
    if (out.size() > out_max) return Verdict::too_long;
    at_member_end_ = code == Z_STREAM_END;
    more = stream_.avail_out == 0;  // zlib may hold output back that did not fit
  }
  return Verdict::ok;
}

}  // namespace nexpo::http
