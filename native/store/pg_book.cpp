#include "store/pg_book.hpp"

#include "sql/pg_copy.hpp"
#include "store/book_session.hpp"

namespace nexpo::pg_book {
namespace {

constexpr pqxx::oid kByteaType = 17;

class PgBookSession final : public BookSession {
 public:
  explicit PgBookSession(pqxx::dbtransaction& transaction) : transaction_(transaction) {}

 private:
  std::vector<BookRow> run(std::string_view sql, std::vector<BookCell> cells) override {
    std::vector<std::string> texts;
    std::vector<const char*> parameters;
    texts.reserve(cells.size());
    for (const BookCell& cell : cells) {
      if (cell.number)
        texts.push_back(std::to_string(*cell.number));
      else
        texts.emplace_back(cell.text.value_or(""));
      parameters.push_back(cell.number || cell.text ? texts.back().c_str() : nullptr);
    }
    const pqxx::result found =
        transaction_.exec_params(std::string(sql), pqxx::prepare::make_dynamic_params(parameters));
    std::vector<BookRow> rows;
    for (const pqxx::row& row : found) {
      BookRow& one = rows.emplace_back();
      for (const pqxx::field& field : row) {
        const std::string_view text(field.c_str(), field.size());
        one.push_back(field.type() == kByteaType ? sql::from_hex(text) : std::string(text));
      }
    }
    return rows;
  }

  pqxx::dbtransaction& transaction_;
};

template <class Transaction>
void run_in(sql::PgConnection& connection, const BookWork& work) {
  Transaction transaction(connection);
  PgBookSession session(transaction);
  work(session);
  transaction.commit();
}

}  // namespace

void run(sql::PgConnection& connection, BookAccess access, const BookWork& work) {
  if (access == BookAccess::read)
    run_in<pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>>(connection, work);
  else
    run_in<pqxx::work>(connection, work);
}

}  // namespace nexpo::pg_book
