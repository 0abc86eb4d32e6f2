// The PostgreSQL store's sessions for BookStore. Private to store/.
#pragma once

#include "sql/pg_connection.hpp"
#include "store/book_store.hpp"

namespace nexpo::pg_book {

/// Runs `work` in one transaction. Blocks. (The server takes deleted rows from the disk when it vacuums their table.)
void run(sql::PgConnection& connection, BookAccess access, const BookWork& work);

}  // namespace nexpo::pg_book
