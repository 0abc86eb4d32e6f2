// Deletions: the feed of ids that are gone, hard-deleted ones included.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/progress.hpp"

namespace nexpo::salesforce {

constexpr std::chrono::days kDeletionsKept{15};    ///< both the recycle bin and the feed forget after this
constexpr std::chrono::hours kCoveredAgeMax{2};    ///< an older latestDateCovered says nothing about late commits
constexpr size_t kRemovedRememberedMax = 200'000;  ///< ids of removals that are not told twice

using IdText = std::array<char, 18>;

struct DeletedFeed {
  std::vector<IdText> ids;                ///< in ascending order, each once
  std::optional<Seconds> earliest;        ///< deletions before this are forgotten
  std::optional<Seconds> latest_covered;  ///< start of the oldest transaction that is still open
};

/// GET /sobjects/{T}/deleted. Throws Error{invalid} if the body is something else.
DeletedFeed parse_deleted(std::string body);

/// The path of the feed behind the version. The server cuts times down to the minute; `whole_minute_up` asks for the
/// minute under way too.
std::string deleted_path(std::string_view object, const Window& window, bool whole_minute_up);

/// Gives the pages of `first`, then those of the feed that `first` did not tell of: rows that the recycle bin does not
/// show any more. The window's deletions are complete behind the last page.
class DeletedReader final : public Reader {
 public:
  /// `first` is null when a resume is behind it already.
  DeletedReader(std::shared_ptr<Org> org, std::string object, Shape slots, int page_rows, ReadProgress progress,
                std::unique_ptr<Reader> first);

  Task<Page> next() override;
  bool complete() const override { return false; }

 private:
  Task<DeletedFeed> fetch(Window window);
  Task<http::Response> ask(Window window);
  Task<> load();
  void remember(const RecordBatch& rows);
  Page take_page();

  std::shared_ptr<Org> org_;
  std::string object_;
  Shape slots_;
  size_t page_rows_;
  ReadProgress progress_;
  std::unique_ptr<Reader> first_;
  std::vector<IdText> removed_;             ///< what `first` told of, sorted once the feed is loaded
  std::optional<std::vector<IdText>> ids_;  ///< of the feed, once it is loaded
};

}  // namespace nexpo::salesforce
