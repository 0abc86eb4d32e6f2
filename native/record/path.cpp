#include "record/path.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

constexpr size_t kStepsMax = 64;
constexpr uint32_t kIndexMax = 1'000'000;

class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  Path parse() {
    Path path;
    path.push_back(name());
    while (at_ < text_.size()) {
      if (path.size() == kStepsMax) {
        fail(fmt::format("more than {} steps", kStepsMax));
      } else if (text_[at_] == '[') {
        path.push_back(bracket());
      } else if (text_[at_] == '.') {
        ++at_;
        path.push_back(name());
      } else {
        fail("expected `.` or `[`");
      }
    }
    return path;
  }
  const std::string& fault() const { return fault_; }

 private:
  // The first fault counts, and ends the walk.
  void fail(std::string_view reason) {
    if (fault_.empty()) fault_ = fmt::format("path `{}`: {} at position {}", text_, reason, at_ + 1);
    at_ = text_.size();
  }

  PathStep name() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    const size_t begin = at_;
    at_ = std::min(text_.find_first_of(".[]\"", at_), text_.size());
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name.empty()) {
      fail("a name is missing");
      return {};
    }
    if (name.front() == ' ' || name.back() == ' ') fail("a name with a space at its edge needs double quotes");
    return {PathStep::Kind::name, std::string(name), 0};
  }

  PathStep quoted() {
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return {PathStep::Kind::name, std::move(name), 0};
      }
      if (text_[at_] == '\\') {
        ++at_;
        if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\\')) break;
      }
      name += text_[at_];
    }
    fail(at_ < text_.size() ? "only \\\" and \\\\ are escapes" : "the closing double quote is missing");
    return {};
  }

  PathStep bracket() {
    const size_t close = text_.find(']', at_);
    if (close == std::string_view::npos) {
      fail("`]` is missing");
      return {};
    }
    const std::string_view inside = text_.substr(at_ + 1, close - at_ - 1);
    PathStep step{PathStep::Kind::every, {}, 0};
    if (inside != "*") step = {PathStep::Kind::index, {}, index(inside)};
    if (fault_.empty()) at_ = close + 1;
    return step;
  }

  uint32_t index(std::string_view digits) {
    uint32_t value = 0;
    for (const char digit : digits) {
      if (digit < '0' || digit > '9') return fail("brackets hold a number from 0 or `*`"), 0;
      value = value * 10 + static_cast<uint32_t>(digit - '0');
      if (value > kIndexMax) return fail(fmt::format("an index is at most {}", kIndexMax)), 0;
    }
    if (digits.empty()) fail("brackets hold a number from 0 or `*`");
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string fault_;
};

}  // namespace

Path parse_path(std::string_view text) {
  PathParser parser(text);
  Path path = parser.parse();
  if (!parser.fault().empty()) throw Error(ErrorKind::invalid, parser.fault());
  return path;
}

std::string path_fault(std::string_view text) {
  PathParser parser(text);
  parser.parse();
  return parser.fault();
}

std::string column_name(const Path& path) {
  std::string name;
  for (const PathStep& step : path) {
    if (step.kind != PathStep::Kind::name) return "";
    if (!name.empty()) name += '.';
    name += step.name;
  }
  return name;
}

}  // namespace nexpo
