// RowStream: a body of many rows, made piece by piece while it is sent.
#pragma once

#include <string>

#include "responder/http_server.hpp"
#include "responder/row_image.hpp"

namespace bench {

/// Rows number `from` to `to` (not included) of a set in which row k is record k * step.
struct RowRange {
  size_t from = 0;
  size_t to = 0;
  size_t step = 1;
};

class RowStream final : public BodyStream {
 public:
  /// `separator` stands between two rows. Borrows `image`.
  RowStream(const RowImage& image, Change change, RowRange range, std::string before, std::string_view separator,
            std::string after);

  uint64_t length() const override { return length_; }
  bool next(std::string& out) override;

 private:
  const RowImage& image_;
  Change change_;
  RowRange range_;
  size_t row_;
  std::string before_;
  std::string_view separator_;
  std::string after_;
  uint64_t length_ = 0;
};

}  // namespace bench
