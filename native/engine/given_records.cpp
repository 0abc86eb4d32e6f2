#include "engine/given_records.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/json.hpp"
#include "record/path.hpp"

namespace nexpo {
namespace {

/// A member of that very name, dots and all.
std::string quoted(const std::string& column) { return '"' + column + '"'; }

/// The paths, and behind them the flat names of those that have one; `flat_of` says whose.
std::vector<std::string> with_flat_names(const std::vector<std::string>& paths, std::vector<size_t>& flat_of) {
  std::vector<std::string> wanted = paths;
  for (size_t slot = 0; slot < paths.size(); ++slot) {
    const Path path = parse_path(paths[slot]);
    const std::string column = path.size() > 1 ? column_name(path) : "";
    if (column.empty() || column.find_first_of("\"\\") != std::string::npos) continue;
    wanted.push_back(quoted(column));
    flat_of.push_back(slot);
  }
  return wanted;
}

/// Each path's own value or, where there is none, that of its flat name.
RecordBatch merged(const RecordBatch& both, const std::vector<std::string>& paths, const std::vector<size_t>& flat_of) {
  RecordBatch rows(std::make_shared<const std::vector<std::string>>(paths), both.arena());
  rows.reserve(both.size());
  for (size_t row = 0; row < both.size(); ++row) {
    const std::span<const Value> cells = both.row(row);
    const std::span<Value> picked = rows.add({});
    std::copy_n(cells.begin(), paths.size(), picked.begin());
    for (size_t i = 0; i < flat_of.size(); ++i)
      if (picked[flat_of[i]].is(ValueKind::unset)) picked[flat_of[i]] = cells[paths.size() + i];
  }
  return rows;
}

void append_rejected(std::string& out, const Rejection& why) {
  out += R"({"rejected":{"code":)";
  append_json_string(out, why.code);
  out += R"(,"field":)";
  append_json_string(out, why.field);
  out += R"(,"message":)";
  append_json_string(out, why.message);
  out += "}}";
}

}  // namespace

GivenRecords decode_given(std::string text, const std::vector<std::string>& paths, size_t records_max) {
  std::vector<size_t> flat_of;
  const Selection selection(with_flat_names(paths, flat_of));
  auto arena = std::make_shared<Arena>();
  RecordBatch both(selection.shape(), arena);
  GivenRecords given;
  given.unreadable = JsonDecoder().decode_page(arena->adopt(std::move(text)), "", selection, both).unreadable;
  if (both.size() > records_max)
    throw Error(ErrorKind::invalid,
                fmt::format("records: {} are too many for one call; the most is {}", both.size(), records_max))
        .with_field("records");
  given.rows = flat_of.empty() ? std::move(both) : merged(both, paths, flat_of);
  return given;
}

std::string results_text(const MappedBatch& mapped, size_t records) {
  const JsonRowWriter writer = JsonRowWriter::for_javascript(mapped.records.shape());
  std::string text = "[";
  size_t taken = 0, refused = 0;
  for (size_t row = 0; row < records; ++row) {
    if (row > 0) text += ',';
    if (taken < mapped.source_row.size() && mapped.source_row[taken] == row) {
      text += R"({"output":)";
      writer.append(text, mapped.records.row(taken++));
      text += '}';
    } else {
      append_rejected(text, mapped.rejections.at(refused++));
    }
  }
  return text + ']';
}

}  // namespace nexpo
