#include "connectors/postgresql/postgresql.hpp"

#include <fmt/format.h>

namespace nexpo::postgresql {
namespace {

constexpr int kSessionsMax = 4;

constexpr std::string_view kSslModes[] = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"};

constexpr Option kOptions[] = {
    {.name = "connectionString",
     .type = OptionType::secret,
     .help = "postgresql://user:password@host:5432/database?sslmode=verify-full. The options below replace its parts."},
    {.name = "host", .help = "Name or address of the server."},
    {.name = "port", .type = OptionType::integer, .help = "Port of the server. Default: 5432.", .min = 1, .max = 65535},
    {.name = "database", .help = "Name of the database. Default: the user's name."},
    {.name = "user", .help = "User to log in as."},
    {.name = "password", .type = OptionType::secret, .help = "The user's password."},
    {.name = "sslMode",
     .type = OptionType::choice,
     .help = "How far TLS is insisted on. Use verify-full over any network that is not yours. Default: prefer.",
     .choices = kSslModes},
    {.name = "schema", .help = "Schema of the tables. Default: the search path decides."},
    {.name = "key", .help = "Column that identifies a row. Default: the primary key."},
    {.name = "versionField",
     .help = "Column that grows with every change, such as updated_at, for incremental reads. Without it every read is "
             "a full one."},
    {.name = "createTable",
     .type = OptionType::boolean,
     .help = "Make the target table from the mapping if it is not there.",
     .fallback = "false"},
    {.name = "softDeleteField",
     .help =
         "Column that marks removed rows when deletes are soft: true in a boolean column, 1 in a number, the time in "
         "a timestamp or date."},
};

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(Settings settings, sql::PgAddress address, const ConnectorContext& context)
      : database_{std::move(settings), sql::PgPool(std::move(address), context.workers, kSessionsMax), context.log} {}

  std::string identity() const override { return database_.pool.address().shown(); }

  Task<std::string> test() override {
    auto ask = [](sql::PgConnection& connection) {
      const pqxx::result said = pqxx::nontransaction(connection)
                                    .exec("SELECT current_setting('server_version'), current_user, current_database()");
      return fmt::format("PostgreSQL {}, {}, as {}", said[0][0].c_str(), connection.address().shown(),
                         said[0][1].c_str());
    };
    co_return co_await database_.pool.run(std::move(ask));
  }

  Task<std::vector<ObjectSummary>> objects() override {
    auto list = [this](sql::PgConnection& connection) { return list_tables(connection, database_.settings); };
    co_return co_await database_.pool.run(std::move(list));
  }

  std::unique_ptr<Source> source() override { return make_source(database_); }
  std::unique_ptr<Target> target() override { return make_target(database_); }
  uint64_t calls() const override { return database_.pool.calls(); }

 private:
  Database database_;
};

std::unique_ptr<Connection> connect(const nlohmann::json& config, const ConnectorContext& context) {
  if (!config.contains("connectionString") && !config.contains("host"))
    throw Error(ErrorKind::invalid, "postgresql: set connectionString, or host with database, user and password")
        .with_field("connectionString");
  sql::PgAddress address = sql::PgAddress::parse(config.value("connectionString", ""));
  for (const auto& [option, parameter] :
       {std::pair("host", "host"), std::pair("database", "dbname"), std::pair("user", "user"),
        std::pair("password", "password"), std::pair("sslMode", "sslmode")})
    if (config.contains(option)) address.set(parameter, config.at(option).get<std::string>());
  if (config.contains("port")) address.set("port", std::to_string(config.at("port").get<int>()));
  Settings settings{
      .schema = config.value("schema", ""),
      .key = config.value("key", ""),
      .version_field = config.value("versionField", ""),
      .create_table = config.value("createTable", false),
      .soft_delete_field = config.value("softDeleteField", ""),
  };
  return std::make_unique<PostgresConnection>(std::move(settings), std::move(address), context);
}

}  // namespace

const ConnectorType kType{
    "postgresql",
    {"PostgreSQL", "Tables and views of a PostgreSQL database (version 13 and later) as sources and targets.",
     kOptions},
    connect,
};

}  // namespace nexpo::postgresql
