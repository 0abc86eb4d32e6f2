// format: a text with values in it.
#pragma once

#include "transformer/expression/run.hpp"

namespace nexpo::cel {

/// format.format([values]): %s, %d, %f, %e, %x, %X, %o, %b, %%, with a precision as in %.2f.
bool format_text(Run& run, std::span<const Datum> arguments, Datum& out);

}  // namespace nexpo::cel
