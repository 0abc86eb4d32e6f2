// Faults: everything that is wrong with a mapping, gathered before anything is thrown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nexpo {

class Faults {
 public:
  /// `at` is the place (`fieldMappings[2].target`), `reason` what is wrong there, `fix` what to write instead.
  void add(std::string_view at, std::string_view reason, std::string_view fix);
  bool empty() const { return lines_.empty(); }
  size_t size() const { return lines_.size(); }
  /// Throws one Error{invalid} with a line for each fault, if there is any.
  void throw_if_any() const;

 private:
  std::vector<std::string> lines_;
};

/// The known name that is most like `name`, or "" if none is close enough to be meant.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

/// "did you mean `x`?" if a name is close, else "known: a, b, c" (cut short if there are many).
std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace nexpo
