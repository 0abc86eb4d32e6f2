#include "store/sqlite_book.hpp"

#include "store/book_session.hpp"

namespace nexpo::sqlite_book {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

class SqliteBookSession final : public BookSession {
 public:
  explicit SqliteBookSession(sql::SqliteDatabase& database) : database_(database) {}

 private:
  std::vector<BookRow> run(std::string_view sql, std::vector<BookCell> cells) override {
    std::string text(sql);
    replace_all(text, "data_sync.", "");
    replace_all(text, "$", "?");
    replace_all(text, "bytea", "blob");
    sql::SqliteStatement& statement = database_.statement(text);
    int index = 0;
    for (const BookCell& cell : cells) bind(statement, ++index, cell);
    std::vector<BookRow> rows;
    const auto read = [&](const auto& row) {
      BookRow& one = rows.emplace_back();
      for (int column = 0; column < sqlite3_column_count(row.handle()); ++column) one.push_back(cell_of(row, column));
    };
    statement.each(read);
    return rows;
  }

  static void bind(sql::SqliteStatement& statement, int index, const BookCell& cell) {
    if (cell.number)
      statement.bind(index, *cell.number);
    else if (cell.text)
      statement.bind(index, *cell.text);
    else
      statement.bind(index, nullptr);
  }

  static std::string cell_of(const sql::SqliteStatement& row, int column) {
    return row.type(column) == SQLITE_INTEGER ? std::to_string(row.integer(column)) : row.string(column);
  }

  sql::SqliteDatabase& database_;
};

/// What is deleted meanwhile is overwritten with zeros. (Off otherwise: links are too many for it.)
class Overwriting {
 public:
  explicit Overwriting(sql::SqliteDatabase& database) : database_(database) {
    database_.execute("PRAGMA secure_delete=ON");
  }
  ~Overwriting() { sqlite3_exec(database_.handle(), "PRAGMA secure_delete=OFF", nullptr, nullptr, nullptr); }
  Overwriting(const Overwriting&) = delete;

 private:
  sql::SqliteDatabase& database_;
};

void read(sql::SqliteDatabase& database, SqliteBookSession& session, const BookWork& work) {
  database.execute("BEGIN");  // one snapshot
  try {
    work(session);
  } catch (...) {
    database.execute("ROLLBACK");
    throw;
  }
  database.execute("COMMIT");
}

}  // namespace

void run(sql::SqliteDatabase& database, BookAccess access, const BookWork& work) {
  SqliteBookSession session(database);
  if (access == BookAccess::read) return read(database, session, work);
  {
    const Overwriting overwriting(database);
    sql::SqliteTransaction transaction(database);
    work(session);
    transaction.commit();
  }
  if (access == BookAccess::erase)
    sqlite3_wal_checkpoint_v2(database.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

}  // namespace nexpo::sqlite_book
