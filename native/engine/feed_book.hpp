// FeedBook: where a change feed stands, as it is kept between calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "record/page.hpp"

namespace nexpo {

/// A pass reads one window of changes to its end, over any number of batches. A batch is offered with a token, and
/// becomes history when the caller brings that token back; until then the next call starts again where it started.
struct FeedBook {
  std::string binding;   ///< digest of the system and the object
  std::string birth;     ///< random, part of every token: a feed that began anew knows its own tokens only
  std::string start;     ///< stamp from which on the feed gives changes, empty: from the beginning
  bool primed = true;    ///< false: what the first window holds is being noted, as history that is not given out
  Cursor cursor;         ///< where reading goes on
  int64_t pass = 1;      ///< number of the pass under way
  int64_t accepted = 0;  ///< number of the newest batch that was accepted
  int64_t newest = 0;    ///< number of the newest batch that was offered

  struct Offer {
    int64_t number = 0;
    Cursor cursor;  ///< behind the batch
    bool ended = false;
  };
  std::optional<Offer> offer;  ///< waits to be accepted

  /// Throws Error{invalid} if the text is of another version of this program.
  static FeedBook parse(const std::string& text);
  std::string text() const;

  std::string token(int64_t number) const;
  /// The number in a token of this feed. Throws Error{conflict} for one that this feed has not given.
  int64_t number_of(std::string_view token) const;

  /// Offers a batch under a number of its own: one that is read again may hold more than it did, so that the token it
  /// had before must not stand for it.
  void propose(Cursor behind, bool ended);
  /// Goes on behind what was read; at the end of a pass the next one begins.
  void advance(Cursor to, bool ended);
  /// Entries that were met last before this pass are needed no more: the window has left them behind. One pass more is
  /// kept, for a server that looks further back than it did the time before.
  int64_t needed_from() const { return pass - 2; }
};

}  // namespace nexpo
