// The embedded store's sessions for BookStore. Private to store/.
#pragma once

#include "sql/sqlite.hpp"
#include "store/book_store.hpp"

namespace nexpo::sqlite_book {

/// Runs `work` in one transaction. Blocks. Writing, what is deleted is overwritten in the file; `erase` also empties
/// the write-ahead log, as far as no reader needs it.
void run(sql::SqliteDatabase& database, BookAccess access, const BookWork& work);

}  // namespace nexpo::sqlite_book
