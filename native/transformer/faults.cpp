#include "transformer/faults.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::string line_of(const Fault& fault) {
  return fmt::format("{}: {}{}{}", fault.path, fault.reason, fault.fix.empty() ? "" : "; ", fault.fix);
}

std::string text_of(const std::vector<Fault>& faults) {
  if (faults.size() == 1) return line_of(faults[0]);
  std::string text = fmt::format("{} faults:", faults.size());
  for (const Fault& fault : faults) text += "\n- " + line_of(fault);
  return text;
}

}  // namespace

MappingError::MappingError(std::vector<Fault> faults)
    : Error(ErrorKind::invalid, text_of(faults)), faults_(std::move(faults)) {}

void Faults::add(std::string_view path, std::string_view reason, std::string_view fix) {
  faults_.push_back({std::string(path), std::string(reason), std::string(fix)});
}

void Faults::throw_if_any() const {
  if (!faults_.empty()) throw MappingError(faults_);
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
