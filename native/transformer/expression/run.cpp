#include "transformer/expression/run.hpp"

#include <re2/re2.h>

namespace nexpo::cel {

Run::Run() = default;
Run::~Run() = default;

}  // namespace nexpo::cel
