// The fixture of the conformance suite of the SQL connectors: what must hold for each of them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "connectors/sqlite/sql_system.hpp"

namespace nexpo {

class SqlConformance : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    system_ = GetParam() == "sqlite" ? make_sqlite_system() : make_pg_system();
    if (!system_) GTEST_SKIP() << "DATA_SYNC_TEST_PG is not set";
  }

  void connect(const nlohmann::json& options = nlohmann::json::object()) {
    connection_ = context_.connect(*system_, options);
    target_ = connection_->target();
    source_ = connection_->source();
  }

  std::unique_ptr<Writer> open(const std::string& table, std::vector<std::string> fields,
                               std::vector<FieldSchema> hints = {}, std::string key = "") {
    shape_ = std::make_shared<std::vector<std::string>>(std::move(fields));
    WritePlan plan{table, shape_, std::move(key), std::move(hints)};
    return context_.wait(target_->open(std::move(plan)));
  }

  BatchReceipt write(Writer& writer, const std::vector<std::vector<Value>>& rows) {
    const RecordBatch batch = batch_of(shape_, rows);
    return context_.wait(writer.write(batch));
  }
  BatchReceipt remove(Writer& writer, const std::vector<std::string>& keys, DeleteKind kind) {
    const RecordBatch batch = keys_of(shape_, keys);
    return context_.wait(writer.remove(batch, kind));
  }

  template <class Call>
  Error error_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorKind::internal, "");
  }

  struct Read {
    std::vector<Page> pages;
    std::vector<std::string> keys() const {
      std::vector<std::string> out;
      for (const Page& page : pages)
        for (size_t row = 0; row < page.records.size(); ++row) out.emplace_back(page.records.head(row).key);
      return out;
    }
    std::set<std::string> key_set() const {
      const auto all = keys();
      return {all.begin(), all.end()};
    }
    Cursor end() const { return pages.back().next; }
  };

  std::unique_ptr<Reader> reader(const std::string& table, std::vector<std::string> paths, int page_records_max,
                                 bool incremental, const Cursor& from, bool deletions = false) {
    ReadPlan plan{table, std::move(paths), page_records_max, incremental, deletions, from};
    return context_.wait(source_->read(std::move(plan)));
  }
  Read read(const std::string& table, std::vector<std::string> paths, int page_records_max = 1000,
            bool incremental = false, const Cursor& from = {}, bool deletions = false) {
    const auto open = reader(table, std::move(paths), page_records_max, incremental, from, deletions);
    Read out;
    do {
      out.pages.push_back(context_.wait(open->next()));
      EXPECT_LE(out.pages.back().records.size(), static_cast<size_t>(page_records_max));
    } while (!out.pages.back().last);
    return out;
  }

  RecordBatch fetch(const std::string& table, std::vector<std::string> paths, const std::string& key_field,
                    std::vector<std::string> keys) {
    FetchPlan plan{table, std::move(paths), key_field};
    return context_.wait(source_->fetch(std::move(plan), std::move(keys)));
  }
  static std::set<std::string> key_set_of(const RecordBatch& batch) {
    std::set<std::string> keys;
    for (size_t row = 0; row < batch.size(); ++row) keys.emplace(batch.head(row).key);
    return keys;
  }
  /// Identity to change stamp and cells, each with its kind.
  static std::map<std::string, std::vector<std::string>> rows_by_key(const RecordBatch& batch) {
    std::map<std::string, std::vector<std::string>> rows;
    for (size_t row = 0; row < batch.size(); ++row) {
      std::vector<std::string>& cells = rows[std::string(batch.head(row).key)];
      cells.emplace_back(batch.head(row).version);
      for (const Value& cell : batch.row(row))
        cells.push_back(std::to_string(static_cast<int>(cell.kind())) + std::string(cell.view()));
    }
    return rows;
  }

  static std::string outcomes(const BatchReceipt& receipt) {
    std::string out;
    for (const Receipt& one : receipt.receipts) out += "CU=DR"[static_cast<int>(one.outcome)];
    return out;
  }

  SqlContext context_;
  std::unique_ptr<SqlSystem> system_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<Source> source_;
  Shape shape_;
};

}  // namespace nexpo
