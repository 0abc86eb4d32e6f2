#include "transformer/rounding.hpp"

#include <utility>

namespace nexpo {

Rounding read_rounding(Params& options, std::string_view key) {
  constexpr std::pair<std::string_view, Rounding> kNames[] = {
      {"half_even", Rounding::half_even}, {"half_up", Rounding::half_up},
      {"half_down", Rounding::half_down}, {"up", Rounding::up},
      {"down", Rounding::down},           {"ceiling", Rounding::ceiling},
      {"floor", Rounding::floor},
  };
  const std::string_view name =
      options.choice(key, {"half_even", "half_up", "half_down", "up", "down", "ceiling", "floor"});
  for (const auto& [known, rounding] : kNames) {
    if (known == name) return rounding;
  }
  return Rounding::half_even;
}

}  // namespace nexpo
