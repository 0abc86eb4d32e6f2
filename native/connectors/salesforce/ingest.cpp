#include "connectors/salesforce/ingest.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "connectors/salesforce/result_stream.hpp"
#include "record/csv.hpp"

namespace nexpo::salesforce {

namespace {

constexpr std::string_view kClear = "#N/A";
constexpr Millis kFirstPoll{500};

void append_header(std::string& out, const TargetFields& target) {
  for (size_t slot = 0; slot < target.fields.size(); ++slot) {
    if (slot > 0) out += ',';
    append_csv_cell(out, target.fields[slot].csv_name());
  }
  out += '\n';
}

void append_csv_row(std::string& out, std::span<const Value> cells) {
  for (size_t slot = 0; slot < cells.size(); ++slot) {
    if (slot > 0) out += ',';
    const Value& cell = cells[slot];
    if (cell.is(ValueKind::unset)) continue;
    append_csv_cell(out, cell.view().empty() ? kClear : cell.view());
  }
  out += '\n';
}

/// A step whose answer was lost has been repeated by then, and the job says that it is further on. What it really holds
/// is told by its results.
Task<> unless_done_already(Task<http::Response> step) {
  auto done = co_await attempt(std::move(step));
  if (done.index() == 1 && std::get<1>(done).code() != "INVALIDJOBSTATE") throw std::get<1>(done);
}

/// Reads one of the result lists to its end.
Task<RecordBatch> read_results(std::shared_ptr<Org> org, std::string url, std::vector<std::string> names,
                               std::string doing) {
  Shape shape = std::make_shared<const std::vector<std::string>>(std::move(names));
  CsvDecoder decoder(shape, CsvDecoder::Options());
  RecordBatch rows(shape, std::make_shared<Arena>());
  ResultStream stream(std::move(org), std::move(url), std::move(doing));
  for (;;) {
    const std::string bytes = co_await stream.take();
    if (bytes.empty()) break;
    decoder.feed(bytes, rows, std::numeric_limits<size_t>::max());
  }
  decoder.finish(rows);
  co_return rows;
}

}  // namespace

bool fits_csv(std::span<const Value> cells) {
  return std::none_of(cells.begin(), cells.end(),
                      [](const Value& cell) { return cell.view() == kClear || cell.view().size() > kCsvCellCharsMax; });
}

std::string encode_csv(const TargetFields& target, const RecordBatch& batch, std::span<const size_t>& rows,
                       size_t bytes_max) {
  std::string out;
  append_header(out, target);
  std::string line;
  while (!rows.empty()) {
    line.clear();
    append_csv_row(line, batch.row(rows.front()));
    if (out.size() + line.size() > bytes_max && out.find('\n') + 1 < out.size()) break;
    out += line;
    rows = rows.subspan(1);
  }
  return out;
}

std::string ingest_job_body(const IngestJob& job) {
  nlohmann::json body = {{"object", job.object},
                         {"operation", job.operation},
                         {"contentType", "CSV"},
                         {"lineEnding", "LF"},
                         {"columnDelimiter", "COMMA"}};
  if (!job.external_id_field.empty()) body["externalIdFieldName"] = job.external_id_field;
  return body.dump();
}

Task<IngestResults> run_ingest(std::shared_ptr<Org> org, IngestJob job) {
  const std::string doing = fmt::format("salesforce: bulk {} of {}", job.operation, job.object);
  const std::string jobs = co_await org->base() + "/jobs/ingest";
  std::string make = ingest_job_body(job);
  const http::Response made = co_await org->send_json("POST", jobs, std::move(make), doing);
  const std::string path = jobs + "/" + parse_job(made.body).id;

  http::Request upload;
  upload.method = "PUT";
  upload.url = path + "/batches";
  upload.headers.set("Content-Type", "text/csv; charset=UTF-8");
  upload.body = std::move(job.csv);
  upload.cancel = org->cancel();
  co_await unless_done_already(org->call(std::move(upload), doing));
  co_await unless_done_already(org->send_json("PATCH", path, R"({"state":"UploadComplete"})", doing));

  IngestResults results;
  results.job = co_await wait_for_job(*org, path, kFirstPoll, doing);
  results.arena = std::make_shared<Arena>();
  std::vector<std::string> success_names = {"sf__Id", "sf__Created", job.key_column};
  const RecordBatch good = co_await read_results(org, path + "/successfulResults", std::move(success_names), doing);
  std::vector<std::string> failure_names = {"sf__Error", job.key_column};
  const RecordBatch bad = co_await read_results(org, path + "/failedResults", std::move(failure_names), doing);
  results.arena->keep(good.arena());
  results.arena->keep(bad.arena());
  for (size_t row = 0; row < good.size(); ++row) {
    const std::span<const Value> cells = good.row(row);
    results.succeeded.push_back({cells[2].view(), cells[0].view(), {}, cells[1].view() == "true"});
  }
  for (size_t row = 0; row < bad.size(); ++row) {
    const std::span<const Value> cells = bad.row(row);
    results.failed.push_back({cells[1].view(), {}, cells[0].view(), false});
  }
  co_return results;
}

}  // namespace nexpo::salesforce
