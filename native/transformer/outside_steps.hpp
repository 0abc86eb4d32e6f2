// Steps whose answer is not in the plan: compiled here, asked by the page mapper.
#pragma once

#include <memory>
#include <optional>

#include "transformer/function.hpp"
#include "transformer/outside.hpp"

namespace nexpo {

/// Part of a Step that has no `run`.
struct OutsideStep {
  OutsideQuery query;
  std::optional<Value> otherwise;  ///< in the plan's memory
};

/// Of a lookup with {from, object, key, value, cacheSeconds?, missSeconds?, otherwise?}.
Step compile_record_lookup(CompileContext& context);
/// Of a lookup with {link, otherwise?}.
Step compile_link_lookup(CompileContext& context);
/// Of the type `custom`: {function, options?}.
Step compile_custom(CompileContext& context);

}  // namespace nexpo
