// Rates: how much a second does, over several repetitions.
#pragma once

#include <algorithm>
#include <ctime>
#include <utility>
#include <vector>

namespace nexpo {

/// CPU time of this thread so far: other programs on the machine do not count.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Rates {
  double median = 0, min = 0, max = 0;

  /// `all` is one rate for each repetition, at least one.
  static Rates of(std::vector<double> all) {
    std::ranges::sort(all);
    return {all[all.size() / 2], all.front(), all.back()};
  }
};

/// `run` does `things` each time it is called.
template <class Run>
Rates cpu_rates(int repetitions, size_t things, Run run) {
  std::vector<double> rates;
  for (int i = 0; i < repetitions; ++i) {
    const double start = cpu_seconds();
    run();
    rates.push_back(static_cast<double>(things) / (cpu_seconds() - start));
  }
  return Rates::of(std::move(rates));
}

}  // namespace nexpo
