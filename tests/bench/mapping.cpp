// B1: the mapping core. Bytes as a system gives them, to bytes as a system takes them, on one core, nothing around it.
//
//   bench_mapping FOLDER MAPPINGS.json EXPECTED [CASE]
//
// FOLDER holds the generated Accounts (data/accounts.mjs), MAPPINGS.json the list of field mappings. Every mapped
// record is compared with the folder's file EXPECTED before anything is timed. Prints one line of JSON per case, or
// only that of CASE: json, json with fingerprints, csv, csv with fingerprints.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rates.hpp"
#include "record/csv.hpp"
#include "record/fingerprint.hpp"
#include "record/json.hpp"
#include "transformer/mapping.hpp"

namespace {

using namespace nexpo;

constexpr size_t kPageRecords = 2'000;   // of the query resource
constexpr size_t kBatchRecords = 1'000;  // that are taken out of a CSV stream at a time, the default of a sync
constexpr size_t kCallRecords = 200;     // of the target
constexpr size_t kChunkBytes = 256 * 1024;
constexpr int kRepetitions = 5;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Rows {
  explicit Rows(const std::string& path) : bytes(read_file(path)) {
    const std::string raw = read_file(path + ".lengths");
    lengths.resize(raw.size() / sizeof(uint32_t));
    std::copy_n(raw.data(), lengths.size() * sizeof(uint32_t), reinterpret_cast<char*>(lengths.data()));
  }
  std::string bytes;
  std::vector<uint32_t> lengths;
};

std::vector<std::string> json_pages(const Rows& rows) {
  std::vector<std::string> pages;
  size_t at = 0;
  for (size_t row = 0; row < rows.lengths.size(); ++row) {
    if (row % kPageRecords == 0)
      pages.push_back(R"({"totalSize":100000,"done":false,"nextRecordsUrl":"/q/1","records":[)");
    std::string& page = pages.back();
    if (row % kPageRecords > 0) page += ',';
    page.append(rows.bytes, at, rows.lengths[row]);
    at += rows.lengths[row];
    if (row % kPageRecords + 1 == kPageRecords || row + 1 == rows.lengths.size()) page += "]}";
  }
  return pages;
}

class Pipeline {
 public:
  explicit Pipeline(const MappingPlan& plan)
      : plan_(plan), selection_(plan.source_paths()), writer_(plan.target_fields()) {}

  /// Mapped records as JSON, one per line, as many at a time as a call of the target takes.
  template <class Take>
  void run_json(const std::vector<std::string>& pages, bool fingerprints, Take take) {
    for (const std::string& page : pages) {
      RecordBatch batch(selection_.shape(), std::make_shared<Arena>());
      json_.decode_page(page, "records", selection_, batch);
      write(plan_.apply(batch), fingerprints, take);
    }
  }
  template <class Take>
  void run_csv(const std::string& text, bool fingerprints, Take take) {
    CsvDecoder decoder(selection_.shape(), {});
    RecordBatch batch(selection_.shape(), std::make_shared<Arena>());
    for (size_t at = 0; at < text.size(); at += kChunkBytes) {
      std::string_view chunk = std::string_view(text).substr(at, kChunkBytes);
      do {
        decoder.feed(chunk, batch, kBatchRecords - batch.size());
        chunk = "";
        if (batch.size() == kBatchRecords) flush(batch, fingerprints, take);
      } while (decoder.has_row());
    }
    decoder.finish(batch);
    flush(batch, fingerprints, take);
  }
  uint64_t digest() const { return digest_; }

 private:
  template <class Take>
  void flush(RecordBatch& batch, bool fingerprints, Take take) {
    write(plan_.apply(batch), fingerprints, take);
    batch = RecordBatch(selection_.shape(), std::make_shared<Arena>());
  }
  template <class Take>
  void write(const MappedBatch& mapped, bool fingerprints, Take take) {
    if (!mapped.rejections.empty()) throw std::runtime_error(mapped.rejections[0].message);
    for (size_t row = 0; row < mapped.records.size(); ++row) {
      if (fingerprints) digest_ += fingerprint_of(mapped.records.row(row)).bytes[0];
      writer_.append(out_, mapped.records.row(row));
      out_ += '\n';
      if ((row + 1) % kCallRecords != 0 && row + 1 < mapped.records.size()) continue;
      take(out_);
      out_.clear();
    }
  }

  const MappingPlan& plan_;
  Selection selection_;
  JsonRowWriter writer_;
  JsonDecoder json_;
  std::string out_;
  uint64_t digest_ = 0;
};

// Compares by value: 1.50 is 1.5. The peers' form has a member `attributes` besides.
class Comparison {
 public:
  explicit Comparison(const Rows& expected) : expected_(expected) {}
  void take(std::string_view lines) {
    while (!lines.empty()) {
      const size_t end = lines.find('\n');
      const std::string_view wanted = std::string_view(expected_.bytes).substr(at_, expected_.lengths[row_]);
      nlohmann::json wanted_json = nlohmann::json::parse(wanted);
      wanted_json.erase("attributes");
      const nlohmann::json got = nlohmann::json::parse(lines.substr(0, end));
      // A CSV cell has no type: a number that no step has read is still a text.
      for (const auto& [name, value] : got.items()) {
        const nlohmann::json& other = wanted_json[name];
        if (value != other && !(value.is_string() && other.is_number() && value == other.dump()))
          throw std::runtime_error(fmt::format("record {}: {} is {}, not {}", row_, name, value.dump(), other.dump()));
      }
      if (got.size() != wanted_json.size()) throw std::runtime_error(fmt::format("record {} has other fields", row_));
      at_ += expected_.lengths[row_++];
      lines.remove_prefix(end + 1);
    }
  }
  size_t rows() const { return row_; }

 private:
  const Rows& expected_;
  size_t at_ = 0, row_ = 0;
};

template <class Run>
void measure(const char* name, size_t records, size_t bytes, Run run) {
  std::vector<double> rates, cpu_rates;
  for (int i = 0; i < kRepetitions; ++i) {
    const double cpu_start = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    rates.push_back(static_cast<double>(records) / spent.count());
    cpu_rates.push_back(static_cast<double>(records) / (cpu_seconds() - cpu_start));
  }
  const Rates wall = Rates::of(std::move(rates));
  fmt::print(
      "{{\"case\":\"{}\",\"records\":{},\"bytesPerRecord\":{},\"recordsPerSecond\":{:.0f},\"min\":{:.0f},\"max\":{:.0f}"
      ","
      "\"recordsPerCpuSecond\":{:.0f}}}\n",
      name, records, bytes / records, wall.median, wall.min, wall.max, Rates::of(std::move(cpu_rates)).median);
  std::fflush(stdout);
}

void run(const std::string& folder, const std::string& mappings, const std::string& wanted, std::string_view only) {
  const MappingPlan plan = MappingPlan::compile(nlohmann::json::parse(read_file(mappings)), "fieldMappings");
  const std::vector<std::string> pages = json_pages(Rows(folder + "/accounts.json"));
  const std::string csv = read_file(folder + "/accounts.csv.header") + read_file(folder + "/accounts.csv");
  const Rows expected(folder + "/" + wanted);
  const size_t records = expected.lengths.size();
  size_t json_bytes = 0;
  for (const std::string& page : pages) json_bytes += page.size();

  Pipeline pipeline(plan);
  Comparison by_json(expected), by_csv(expected);
  if (!only.starts_with("csv")) pipeline.run_json(pages, false, [&](std::string_view lines) { by_json.take(lines); });
  if (!only.starts_with("json")) pipeline.run_csv(csv, false, [&](std::string_view lines) { by_csv.take(lines); });
  if (std::max(by_json.rows(), by_csv.rows()) != records) throw std::runtime_error("records are missing");

  const auto drop = [](std::string_view) {};
  for (const bool fingerprints : {false, true}) {
    const char* name = fingerprints ? "json with fingerprints" : "json";
    if (only.empty() || only == name)
      measure(name, records, json_bytes, [&] { pipeline.run_json(pages, fingerprints, drop); });
  }
  for (const bool fingerprints : {false, true}) {
    const char* name = fingerprints ? "csv with fingerprints" : "csv";
    if (only.empty() || only == name)
      measure(name, records, csv.size(), [&] { pipeline.run_csv(csv, fingerprints, drop); });
  }
  fmt::print(stderr, "digest {}\n", pipeline.digest());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    std::cerr << "usage: bench_mapping FOLDER MAPPINGS.json EXPECTED [CASE]\n";
    return 2;
  }
  try {
    run(argv[1], argv[2], argv[3], argc == 5 ? argv[4] : "");
  } catch (const std::exception& error) {
    std::cerr << "bench_mapping: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
