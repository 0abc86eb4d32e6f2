#include "transformer/number_locale.hpp"

#include <algorithm>

namespace nexpo {
namespace {

constexpr size_t kGroupDigits = 3;

// Marks as Unicode's locale data has them, and the typewriter's marks that people use in their place.
constexpr NumberLocale kLocales[] = {
    {"bg", ',', kGroupSpaces},
    {"ch", '.', kGroupApostrophes},
    {"cs", ',', kGroupSpaces},
    {"da", ',', kGroupDots},
    {"de", ',', kGroupDots},
    {"de-AT", ',', kGroupDots | kGroupSpaces},
    {"de-CH", '.', kGroupApostrophes},
    {"el", ',', kGroupDots},
    {"en", '.', kGroupCommas},
    {"en-CH", '.', kGroupApostrophes},
    {"en-IN", '.', kGroupCommas, true},
    {"es", ',', kGroupDots | kGroupSpaces},
    {"es-MX", '.', kGroupCommas},
    {"et", ',', kGroupSpaces},
    {"fi", ',', kGroupSpaces},
    {"fr", ',', kGroupSpaces},
    {"fr-CH", ',', kGroupSpaces | kGroupApostrophes},
    {"he", '.', kGroupCommas},
    {"hi", '.', kGroupCommas, true},
    {"hr", ',', kGroupDots},
    {"hu", ',', kGroupSpaces},
    {"id", ',', kGroupDots},
    {"is", ',', kGroupDots},
    {"it", ',', kGroupDots},
    {"it-CH", '.', kGroupApostrophes},
    {"ja", '.', kGroupCommas},
    {"ko", '.', kGroupCommas},
    {"lt", ',', kGroupSpaces},
    {"lv", ',', kGroupSpaces},
    {"nb", ',', kGroupSpaces},
    {"nl", ',', kGroupDots},
    {"no", ',', kGroupSpaces},
    {"pl", ',', kGroupSpaces},
    {"pt", ',', kGroupDots},
    {"pt-PT", ',', kGroupSpaces | kGroupDots},
    {"ro", ',', kGroupDots},
    {"ru", ',', kGroupSpaces},
    {"sk", ',', kGroupSpaces},
    {"sl", ',', kGroupDots},
    {"sr", ',', kGroupDots},
    {"sv", ',', kGroupSpaces},
    {"th", '.', kGroupCommas},
    {"tr", ',', kGroupDots},
    {"uk", ',', kGroupSpaces},
    {"vi", ',', kGroupDots},
    {"zh", '.', kGroupCommas},
};

struct Mark {
  std::string_view text;
  uint8_t kind;
};

constexpr Mark kMarks[] = {
    {".", kGroupDots},        {",", kGroupCommas},      {" ", kGroupSpaces},      {"\u00a0", kGroupSpaces},
    {"\u202f", kGroupSpaces}, {"\u2009", kGroupSpaces}, {"'", kGroupApostrophes}, {"\u2019", kGroupApostrophes},
};

const Mark* mark_at(std::string_view text) {
  const auto found =
      std::find_if(std::begin(kMarks), std::end(kMarks), [&](const Mark& mark) { return text.starts_with(mark.text); });
  return found == std::end(kMarks) ? nullptr : found;
}

size_t take_digits(std::string_view& text, std::string& out) {
  const size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  out.append(text, 0, size);
  text.remove_prefix(size);
  return size;
}

}  // namespace

const NumberLocale* NumberLocale::find(std::string_view name) {
  const auto found = std::find_if(std::begin(kLocales), std::end(kLocales),
                                  [&](const NumberLocale& locale) { return locale.name == name; });
  return found == std::end(kLocales) ? nullptr : found;
}

std::vector<std::string_view> NumberLocale::names() {
  std::vector<std::string_view> names;
  for (const NumberLocale& locale : kLocales) names.push_back(locale.name);
  return names;
}

bool NumberLocale::spell_plainly(std::string_view text, std::string& out) const {
  constexpr std::string_view kMinus = "\u2212";
  out.clear();
  if (text.starts_with(kMinus)) {
    out = "-";
    text.remove_prefix(kMinus.size());
  } else if (text.starts_with('-') || text.starts_with('+')) {
    out = text[0];
    text.remove_prefix(1);
  }
  size_t digits = take_digits(text, out);
  uint8_t kind = 0;
  while (!text.empty() && text[0] != decimal) {
    const Mark* const mark = mark_at(text);
    if (!mark) break;  // an exponent, or what is no number
    if ((mark->kind & groups) == 0 || digits == 0) return false;
    if (kind == 0 ? digits > kGroupDigits : mark->kind != kind) return false;
    kind = mark->kind;
    text.remove_prefix(mark->text.size());
    digits = take_digits(text, out);
    if (digits != kGroupDigits && !(pairs && digits == 2)) return false;
  }
  // The last group has three digits everywhere.
  if (kind != 0 && digits != kGroupDigits) return false;
  if (text.starts_with(decimal)) {
    out += '.';
    text.remove_prefix(1);
  }
  out += text;
  return true;
}

}  // namespace nexpo
