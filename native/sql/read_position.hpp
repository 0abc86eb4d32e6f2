// ReadPosition: how far a keyset read of a table is, as it travels inside a Cursor.
#pragma once

#include <nlohmann/json.hpp>

#include "record/page.hpp"

namespace nexpo::sql {

/// Passes of a read, in order. A full read is `everything`; an incremental one is `changes`, then `unstamped`.
enum class ReadPhase {
  everything,  ///< all rows, by key
  changes,     ///< rows whose stamp lies within bounds, by (stamp, key)
  unstamped,   ///< rows whose stamp is null, by key
};

/// Keys and stamps are JSON scalars, so that numbers and texts stay apart. Null: none.
struct ReadPosition {
  ReadPhase phase = ReadPhase::everything;
  nlohmann::json since;        ///< stamp up to which an earlier run has read
  nlohmann::json until;        ///< highest stamp that this run reads, fixed before its first row
  nlohmann::json next;         ///< the next run's `since`, fixed at the same time; not above `until`
  nlohmann::json after_stamp;  ///< of the last row that was given, in `changes`
  nlohmann::json after_key;    ///< of the last row that was given

  /// Throws Error{invalid} if the text was not made by cursor().
  static ReadPosition parse(const Cursor& cursor);
  Cursor cursor() const;

  /// Where the run after this one starts: changes since `next`. Without a stamp the next run reads everything again,
  /// which an empty cursor says.
  Cursor next_run() const;
};

/// A text as a JSON scalar; bytes that are not UTF-8 are kept (as {"base64": ...}).
nlohmann::json scalar_of(std::string_view text);
/// The text of what scalar_of() made.
std::string text_of(const nlohmann::json& scalar);

}  // namespace nexpo::sql
