#include "transformer/faults.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

constexpr size_t kNamesShownMax = 20;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// Levenshtein distance without regard to case.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

void Faults::add(std::string_view at, std::string_view reason, std::string_view fix) {
  lines_.push_back(fix.empty() ? fmt::format("{}: {}", at, reason) : fmt::format("{}: {}; {}", at, reason, fix));
}

void Faults::throw_if_any() const {
  if (lines_.empty()) return;
  if (lines_.size() == 1) throw Error(ErrorKind::invalid, lines_[0]);
  throw Error(ErrorKind::invalid, fmt::format("{} faults:\n- {}", lines_.size(), fmt::join(lines_, "\n- ")));
}

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view best;
  size_t best_distance = (name.size() + 2) / 3 + 1;
  for (const std::string_view candidate : known) {
    const size_t away = distance(name, candidate);
    if (away >= best_distance) continue;
    best = candidate;
    best_distance = away;
  }
  return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  if (const std::string_view near = nearest(name, known); !near.empty()) return fmt::format("did you mean `{}`?", near);
  const auto shown_end = known.begin() + static_cast<std::ptrdiff_t>(std::min(known.size(), kNamesShownMax));
  return fmt::format("known: {}{}", fmt::join(known.begin(), shown_end, ", "), shown_end == known.end() ? "" : ", ...");
}

}  // namespace nexpo
