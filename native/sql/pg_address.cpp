#include "sql/pg_address.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>

#include "base/error.hpp"

namespace nexpo::sql {

PgAddress PgAddress::parse(const std::string& text) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(text.c_str(), nullptr),
                                                                               PQconninfoFree);
  if (!options)
    throw Error(ErrorKind::invalid,
                "the PostgreSQL address cannot be read; it looks like "
                "postgresql://user:password@host:5432/database, with special characters in the "
                "password written as %XX");
  PgAddress address;
  for (const PQconninfoOption* option = options.get(); option->keyword; ++option)
    if (option->val) address.set(option->keyword, option->val);
  // libpq would repeat a port that is none, and what stands there may be a part of a password.
  if (address.get("port").find_first_not_of("0123456789,") != std::string_view::npos)
    throw Error(ErrorKind::invalid, "the PostgreSQL address has a port that is no number");
  return address;
}

void PgAddress::set(std::string_view name, std::string value) {
  for (auto& [known, old] : parameters_) {
    if (known == name) {
      old = std::move(value);
      return;
    }
  }
  parameters_.emplace_back(name, std::move(value));
}

std::string_view PgAddress::get(std::string_view name) const {
  for (const auto& [known, value] : parameters_)
    if (known == name) return value;
  return {};
}

std::string PgAddress::shown() const {
  const std::string_view host = get("host"), port = get("port"), database = get("dbname"), user = get("user");
  return fmt::format("postgresql://{}:{}/{}", host.empty() ? "localhost" : host, port.empty() ? "5432" : port,
                     database.empty() ? user : database);
}

}  // namespace nexpo::sql
