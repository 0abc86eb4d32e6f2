// Faults: everything that is wrong with a mapping, gathered before anything is thrown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace nexpo {

/// `path` is the place (`fieldMappings[2].target`), `reason` what is wrong there, `fix` what to write instead, or "".
struct Fault {
  std::string path, reason, fix;
};

/// The Error{invalid} of a mapping, with its faults one by one for those who show them at their places.
class MappingError final : public Error {
 public:
  explicit MappingError(std::vector<Fault> faults);
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  std::vector<Fault> faults_;
};

class Faults {
 public:
  void add(std::string_view path, std::string_view reason, std::string_view fix);
  bool empty() const { return faults_.empty(); }
  size_t size() const { return faults_.size(); }
  /// Throws one MappingError with a line for each fault, if there is any.
  void throw_if_any() const;

 private:
  std::vector<Fault> faults_;
};

/// The known name that is most like `name`, or "" if none is close enough to be meant.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

/// "did you mean `x`?" if a name is close, else "known: a, b, c" (cut short if there are many).
std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace nexpo
