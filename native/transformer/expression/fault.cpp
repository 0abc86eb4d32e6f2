#include "transformer/expression/fault.hpp"

#include <fmt/format.h>

#include "transformer/expression/static_type.hpp"

namespace nexpo::cel {
namespace {

std::string_view words_of(FaultCode code) {
  switch (code) {
    case FaultCode::none: return "failed";
    case FaultCode::no_overload: return "has operands of types that do not go together";
    case FaultCode::overflow: return "leaves the range of its type";
    case FaultCode::divide_by_zero: return "divides by zero";
    case FaultCode::no_such_key: return "asks for a key that is not there";
    case FaultCode::index_out_of_range: return "asks for an index that is not there";
    case FaultCode::bad_argument: return "has an argument out of its range";
    case FaultCode::bad_conversion: return "cannot be converted";
    case FaultCode::duplicate_key: return "has one key twice";
    case FaultCode::bad_key: return "has a key that is no int, uint, bool or string";
    case FaultCode::unknown_name: return "names something that is not there";
    case FaultCode::unknown_function: return "calls a function that is not there";
    case FaultCode::too_many_digits: return "needs more than 38 digits";
    case FaultCode::too_costly: return "costs more than the limit";
    case FaultCode::too_much_data: return "makes more data than the limit";
  }
  return "failed";
}

}  // namespace

std::string text_of(const Datum::Fault& fault) {
  std::string words(words_of(fault.code));
  if (fault.left != Kind::none && fault.right != Kind::none) {
    words += fmt::format(": {} and {}", name_of(fault.left), name_of(fault.right));
  } else if (fault.left != Kind::none) {
    words += fmt::format(": {}", name_of(fault.left));
  }
  return fault.column == 0 ? words : fmt::format("{} (column {})", words, fault.column);
}

}  // namespace nexpo::cel
