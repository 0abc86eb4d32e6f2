#include "transformer/expression/program.hpp"

#include <re2/re2.h>

namespace nexpo::cel {

Program::Program() = default;
Program::~Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;

Datum Program::keep(const Datum& value) {
  switch (value.kind) {
    case Kind::text: return Datum::text(texts.emplace_back(value.view()));
    case Kind::bytes: return Datum::bytes(texts.emplace_back(value.view()));
    case Kind::real:
      return Datum::of(value.real.number, value.real.literal ? &literals.emplace_back(*value.real.literal) : nullptr);
    case Kind::list: {
      auto items = std::make_unique<Datum[]>(value.size);
      for (size_t i = 0; i < value.size; ++i) items[i] = keep(value.items[i]);
      return Datum::list({lists.emplace_back(std::move(items)).get(), value.size});
    }
    case Kind::map: {
      auto entries = std::make_unique<Entry[]>(value.size);
      for (size_t i = 0; i < value.size; ++i) entries[i] = {keep(value.entries[i].key), keep(value.entries[i].value)};
      return Datum::map({maps.emplace_back(std::move(entries)).get(), value.size});
    }
    default: return value;
  }
}

}  // namespace nexpo::cel
