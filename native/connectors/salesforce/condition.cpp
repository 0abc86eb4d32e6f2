#include "connectors/salesforce/condition.hpp"

#include <algorithm>

#include "record/json.hpp"

namespace nexpo::salesforce {

namespace {

void append_rows(RecordBatch& to, const RecordBatch& from) {
  to.arena()->keep(from.arena());
  for (size_t row = 0; row < from.size(); ++row) {
    const std::span<Value> cells = to.add(from.head(row));
    std::copy(from.row(row).begin(), from.row(row).end(), cells.begin());
  }
}

}  // namespace

size_t select_chars(const Columns& columns) {
  constexpr size_t kKeywords = 100;
  size_t chars = kKeywords;
  for (const std::string& field : columns.select_list(false)) chars += field.size() + 1;
  return chars;
}

Task<> append_where(Org& org, const RowFormat& format, std::string condition, RecordBatch& found) {
  const Columns& columns = format.columns();
  Select select;
  select.object = columns.object;
  select.fields = columns.select_list(false);
  select.where = std::move(condition);
  const std::string doing = "salesforce: read of " + columns.object + " by key";
  std::string soql = to_soql(select);
  http::Response answer = co_await org.query(std::move(soql), false, doing);
  for (;;) {
    RecordBatch wide = format.wide_batch();
    const std::string_view text = wide.arena()->adopt(std::move(answer.body));
    const JsonDecoder::Envelope envelope = JsonDecoder().decode_page(text, "records", format.selection(), wide);
    append_rows(found, format.finish_json(wide));
    std::string more(envelope.scalar("nextRecordsUrl"));
    if (more.empty()) co_return;
    answer = co_await org.get(std::move(more), doing);
  }
}

}  // namespace nexpo::salesforce
