// HostFunctions: functions of the host program that mappings call by name, a page at a time.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/host_asks.hpp"
#include "transformer/outside.hpp"

namespace nexpo {

/// The host sees {"type":"ask","ask":8,"what":"function","function":"NAME","values":[...],"options":...} and answers
/// {values: one for each, in order, errors?: {"2": "why there is none"}}, or {error} for all of them. A number that
/// JavaScript cannot hold exactly goes as a text. Loop thread only.
class HostFunctions {
 public:
  /// Borrows.
  explicit HostFunctions(HostAsks& asks) : asks_(asks) {}

  /// Those that are registered from now on.
  void set(std::set<std::string, std::less<>> names) { names_ = std::move(names); }
  const std::set<std::string, std::less<>>& names() const { return names_; }

  /// Throws Error{invalid} if the function failed or gave something else than one value for each.
  Task<OutsideAnswers> call(FunctionQuery query, std::vector<Value> values, CancelToken cancel);

 private:
  HostAsks& asks_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace nexpo
