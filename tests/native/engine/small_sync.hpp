// A sync of one small table between two database files.
#pragma once

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/called_engine.hpp"
#include "sql/sqlite.hpp"

namespace nexpo {

/// The source has people (id, name, phone, changed); the target gets (id, name, phone) with a limit on the name's
/// length, so that it can refuse a record.
class SmallSync {
 public:
  SmallSync(const CalledEngine& engine, int people)
      : source_(engine.path("source.db").string()), target_(engine.path("target.db").string()) {
    execute(source_, "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, changed TEXT NOT NULL)");
    execute(target_, "CREATE TABLE contacts (id INTEGER PRIMARY KEY, name TEXT CHECK (length(name) < 40), phone TEXT)");
    for (int id = 1; id <= people; ++id) put(id, fmt::format("name {}", id), fmt::format("+43 1 {:04}", id));
  }

  nlohmann::json file() const {
    return {{"id", "people"},
            {"source", {{"type", "sqlite"}, {"config", {{"path", source_}, {"versionField", "changed"}}}}},
            {"target", {{"type", "sqlite"}, {"config", {{"path", target_}}}}},
            {"sourceObject", "people"},
            {"targetObject", "contacts"},
            {"batchSize", 10},
            {"fieldMappings",
             {{{"source", "id"}, {"target", "id"}, {"required", true}},
              {{"source", "name"}, {"target", "name"}},
              {{"source", "phone"}, {"target", "phone"}}}}};
  }

  /// Every change is later than the one before.
  void put(int id, const std::string& name, const std::string& phone) {
    sql::SqliteDatabase database(source_);
    database.statement("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?)")
        .run(id, name, phone,
             fmt::format("2026-01-01T{:02}:{:02}:{:02}Z", changes_ / 3600, changes_ / 60 % 60, changes_ % 60));
    ++changes_;
  }
  void drop(int id) const { execute(source_, fmt::format("DELETE FROM people WHERE id = {}", id)); }
  void change_target(const std::string& sql) const { execute(target_, sql); }

  /// "name/phone" of a record of the target, or "" if there is none.
  std::string in_target(int id) const {
    sql::SqliteDatabase database(target_);
    std::string found;
    database.statement("SELECT name || '/' || phone FROM contacts WHERE id = ?")
        .first([&](const auto& row) { found = row.string(0); }, id);
    return found;
  }

 private:
  static void execute(const std::string& file, const std::string& sql) {
    sql::SqliteDatabase database(file);
    database.execute(sql);
  }

  std::string source_, target_;
  int changes_ = 0;
};

}  // namespace nexpo
