// The machine that runs programs.
#pragma once

#include "transformer/expression/program.hpp"

namespace nexpo::cel {

/// Makes `run` ready for one evaluation: registers that hold nothing, an empty heap. Inputs may be put into the first
/// registers then.
void prepare(const Program& program, Run& run);

/// False: `run.fault` says why and where. `out` points into the cells, the program or the run's heap.
bool evaluate(const Program& program, Run& run, int64_t cost_max, Datum& out);

}  // namespace nexpo::cel
