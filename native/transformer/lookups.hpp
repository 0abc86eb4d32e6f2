// Lookups in tables: those that stand in the mapping, and those that are kept elsewhere and read before it is compiled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "transformer/function.hpp"

namespace nexpo {

/// Of a lookup with {table, ignoreCase?, otherwise?}.
Step compile_inline_lookup(CompileContext& context);
/// Of a lookup with {stored: id, ignoreCase?, otherwise?}. The table is one of MappingOptions::tables.
Step compile_stored_lookup(CompileContext& context);

/// The ids of the tables that lookups in `mapping` name, wherever in it they stand; each once, in order.
std::vector<std::string> stored_tables(const nlohmann::json& mapping);

/// The table of that id, or null.
const nlohmann::json* find_table(const MappingOptions& options, const std::string& id);

}  // namespace nexpo
