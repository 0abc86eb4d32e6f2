#include "connectors/sqlite/sqlite.hpp"

namespace nexpo::sqlite {
namespace {

constexpr Option kOptions[] = {
    {.name = "path", .required = true, .help = "The database file. Relative paths start at the working folder."},
    {.name = "key", .help = "Column that identifies a row. Default: the primary key."},
    {.name = "versionField",
     .help = "Column that grows with every change, such as updated_at, for incremental reads. Without it every read is "
             "a full one."},
    {.name = "createTable",
     .type = OptionType::boolean,
     .help = "Make the file and the target table from the mapping if they are not there.",
     .fallback = "false"},
    {.name = "softDeleteField",
     .help = "Column that marks removed rows when deletes are soft: 1 in a boolean or integer column, the time in any "
             "other."},
};

/// Both directions on one file. A source never needs the right to write.
class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const Settings& settings, const ConnectorContext& context)
      : reading_(settings, context.workers, true), writing_(settings, context.workers, false), clock_(context.clock) {}

  std::string identity() const override {
    return "sqlite:" + std::filesystem::absolute(reading_.settings().path).lexically_normal().string();
  }

  Task<std::string> test() override {
    const std::filesystem::path& path = writing_.settings().path;
    if (writing_.to_be_made()) {
      const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
      if (!std::filesystem::is_directory(folder))
        throw Error(ErrorKind::invalid, "path: there is no folder " + folder.string() + "; make it first")
            .with_field("path");
      co_return "SQLite " + std::string(sqlite3_libversion()) + ", " + path.string() + ", which a run makes";
    }
    auto count = [](sql::SqliteDatabase& database) { return table_names(database).size(); };
    const size_t tables = co_await either().run(std::move(count));
    co_return "SQLite " + std::string(sqlite3_libversion()) + ", " + path.string() + ", " + std::to_string(tables) +
        (tables == 1 ? " table" : " tables");
  }

  Task<std::vector<ObjectSummary>> objects() override {
    if (writing_.to_be_made()) co_return std::vector<ObjectSummary>();
    auto list = [](sql::SqliteDatabase& database) { return list_tables(database); };
    co_return co_await either().run(std::move(list));
  }

  std::unique_ptr<Source> source() override { return make_source(reading_, clock_); }
  std::unique_ptr<Target> target() override { return make_target(writing_); }
  uint64_t calls() const override { return reading_.calls() + writing_.calls(); }

 private:
  /// A file that is still to be made can only be opened by the session that makes it.
  Session& either() { return reading_.settings().create_table ? writing_ : reading_; }

  Session reading_;
  Session writing_;
  Clock& clock_;
};

std::unique_ptr<Connection> connect(const nlohmann::json& config, const ConnectorContext& context) {
  const Settings settings{
      .path = config.at("path").get<std::string>(),
      .key = config.value("key", ""),
      .version_field = config.value("versionField", ""),
      .create_table = config.value("createTable", false),
      .soft_delete_field = config.value("softDeleteField", ""),
  };
  return std::make_unique<SqliteConnection>(settings, context);
}

}  // namespace

const ConnectorType kType{
    "sqlite",
    {"SQLite", "One SQLite database file: its tables as sources and targets. Nothing to install, no server.", kOptions},
    connect,
};

}  // namespace nexpo::sqlite
