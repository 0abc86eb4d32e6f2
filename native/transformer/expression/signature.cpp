#include "transformer/expression/signature.hpp"

#include <algorithm>
#include <array>

namespace nexpo::cel {
namespace {

auto signature_families() {
  return std::array{conversion_signatures(), text_signatures(), search_signatures(),    time_signatures(),
                    math_signatures(),       bit_signatures(),  collection_signatures()};
}

std::optional<Kind> kind_of(char letter) {
  switch (letter) {
    case 'n': return Kind::null;
    case 'b': return Kind::boolean;
    case 'i': return Kind::integer;
    case 'u': return Kind::natural;
    case 'd': return Kind::real;
    case 'x': return Kind::decimal;
    case 's': return Kind::text;
    case 'y': return Kind::bytes;
    case 't': return Kind::instant;
    case 'p': return Kind::duration;
    case 'l':
    case 'S': return Kind::list;
    case 'm': return Kind::map;
    case 'T': return Kind::type;
    default: return std::nullopt;
  }
}

bool accepts_type(char letter, const StaticType& type) {
  if (letter == 'a' || !type.is_known()) return true;
  if (letter == '#') return type.is_number();
  if (letter == 'S') return type.is(Kind::list) && type.element_type().may_be(Kind::text);
  return type.is(*kind_of(letter));
}

// The letter for each argument, or nothing if there are too many or too few of them.
bool parameter_letters(const Signature& signature, size_t count, std::vector<char>& letters) {
  std::string_view parameters = signature.parameters;
  const bool repeats = parameters.ends_with('*');
  if (repeats) parameters.remove_suffix(1);
  if (repeats ? count < parameters.size() : count != parameters.size()) return false;
  for (size_t i = 0; i < count; ++i) letters.push_back(parameters[std::min(i, parameters.size() - 1)]);
  return true;
}

StaticType common_type(std::span<const StaticType> arguments) {
  if (arguments.size() == 1 && !arguments[0].is_number())
    return arguments[0].is(Kind::list) ? join(arguments[0].element_type(), StaticType::open()) : StaticType::dyn();
  StaticType common = StaticType::open();
  for (const StaticType& type : arguments) common = join(common, type);
  return common;
}

}  // namespace

std::vector<const Signature*> overloads_of(std::string_view name) {
  std::vector<const Signature*> found;
  for (const auto family : signature_families()) {
    for (const Signature& signature : family) {
      if (signature.name == name) found.push_back(&signature);
    }
  }
  return found;
}

std::vector<std::string_view> signature_names() {
  std::vector<std::string_view> names;
  for (const auto family : signature_families()) {
    for (const Signature& signature : family) {
      if (names.empty() || names.back() != signature.name) names.push_back(signature.name);
    }
  }
  return names;
}

bool accepts(const Signature& signature, bool has_receiver, std::span<const StaticType> arguments) {
  if (signature.style != Style::both && (signature.style == Style::receiver) != has_receiver) return false;
  std::vector<char> letters;
  if (!parameter_letters(signature, arguments.size(), letters)) return false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!accepts_type(letters[i], arguments[i])) return false;
  }
  return true;
}

bool accepts_surely(const Signature& signature, std::span<const StaticType> arguments) {
  std::vector<char> letters;
  if (!parameter_letters(signature, arguments.size(), letters)) return false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (letters[i] == 'a') continue;
    if (!arguments[i].is_known() || !accepts_type(letters[i], arguments[i])) return false;
    if (letters[i] == 'S' && !arguments[i].element_type().is(Kind::text)) return false;
  }
  return true;
}

StaticType result_of(const Signature& signature, std::span<const StaticType> arguments) {
  switch (const char letter = signature.result[0]) {
    case 'a': return StaticType::dyn();
    case 'A': return arguments.empty() ? StaticType::dyn() : arguments[0];
    case 'J': return common_type(arguments);
    case 'S': return StaticType::list_of(StaticType::of(Kind::text));
    case 'l': return StaticType::list_of(StaticType::dyn());
    default: return StaticType::of(*kind_of(letter));
  }
}

}  // namespace nexpo::cel
