// Signature: how a function may be called, and what runs then.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "transformer/expression/run.hpp"
#include "transformer/expression/static_type.hpp"

namespace nexpo::cel {

enum class Style : uint8_t {
  global,    ///< f(x)
  receiver,  ///< x.f()
  both,
};

/// One overload. Types are letters: n null, b bool, i int, u uint, d double, x decimal, s string, y bytes, t timestamp,
/// p duration, l list, m map, T type, # any number, S list of strings, a anything; `*` repeats the letter in front of
/// it one or more times. A result can also be A (what the first argument is), J (what all arguments, or the items of a
/// single list, have in common). `!` behind the result: it can fail with arguments of these types.
///
/// All overloads of a name run the same function, which checks its arguments itself.
struct Signature {
  std::string_view name;
  Style style;
  std::string_view parameters;
  std::string_view result;
  Builtin run;
};

/// Families, one file each.
std::span<const Signature> conversion_signatures();
std::span<const Signature> text_signatures();
std::span<const Signature> search_signatures();
std::span<const Signature> time_signatures();
std::span<const Signature> math_signatures();
std::span<const Signature> bit_signatures();
std::span<const Signature> collection_signatures();

/// All overloads of a name.
std::vector<const Signature*> overloads_of(std::string_view name);
std::vector<std::string_view> signature_names();

bool accepts(const Signature& signature, bool has_receiver, std::span<const StaticType> arguments);
/// Whether it accepts the arguments for sure: none of their types is left open.
bool accepts_surely(const Signature& signature, std::span<const StaticType> arguments);
StaticType result_of(const Signature& signature, std::span<const StaticType> arguments);
inline bool can_fail(const Signature& signature) { return signature.result.ends_with('!'); }

}  // namespace nexpo::cel
