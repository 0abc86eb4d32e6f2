// The methods on one system by itself, through the engine, with a database file as the system.
#include <gtest/gtest.h>

#include <future>

#include <nlohmann/json.hpp>

#include "engine/end_methods.hpp"
#include "engine/engine.hpp"
#include "sql/sqlite.hpp"
#include "sql/temporary_folder.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

class EndsTest : public testing::Test {
 protected:
  EndsTest() {
    sql::SqliteDatabase database(file());
    database.execute(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, \"odd.name \"\"x\"\"\" TEXT, amount TEXT, changed TEXT, gone "
        "INTEGER NOT NULL DEFAULT 0);"
        "CREATE VIEW big AS SELECT * FROM orders WHERE amount > 100;"
        "INSERT INTO orders VALUES (1, 'one', '1.10', '2026-01-01T00:00:00Z', 0),"
        "(2, 'two', '12345678901234567890.5', '2026-01-02T00:00:00Z', 0),"
        "(3, NULL, NULL, '2026-01-03T00:00:00Z', 1)");
    EngineConfig config;
    config.home = (folder_ / "state").string();
    engine_ = std::make_unique<Engine>(std::move(config), [](std::string) {});
  }

  std::filesystem::path file() const { return folder_ / "orders.db"; }
  json end() const {
    return {{"type", "sqlite"},
            {"config", {{"path", file().string()}, {"versionField", "changed"}, {"softDeleteField", "gone"}}}};
  }

  std::string answer(const std::string& method, json body) {
    std::promise<Result<std::string>> done;
    engine_->call(method, body.dump(), [&](Result<std::string> result) { done.set_value(std::move(result)); });
    Result<std::string> result = done.get_future().get();
    if (result.index() == 1) throw std::get<1>(result);
    return std::get<0>(result);
  }
  json call(const std::string& method, json more) {
    json body{{"end", end()}};
    body.update(more);
    return json::parse(answer(method, std::move(body)));
  }
  Error error_of(const std::string& method, const json& more) {
    try {
      (void)call(method, more);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorKind::internal, "");
  }

  TemporaryFolder folder_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EndsTest, ListsTablesAndViewsWithWhatCanBeDoneWithThem) {
  const json objects = call("end.objects", json::object())["objects"];
  ASSERT_EQ(objects.size(), 2u);
  EXPECT_EQ(objects[0]["name"], "big");
  EXPECT_EQ(objects[0]["creatable"], false);
  EXPECT_EQ(objects[1]["name"], "orders");
  EXPECT_EQ(objects[1]["updatable"], true);
}

TEST_F(EndsTest, ASearchLooksAtNamesWhateverTheirCase) {
  EXPECT_EQ(call("end.objects", {{"search", "ORD"}})["objects"].size(), 1u);
  EXPECT_EQ(call("end.objects", {{"search", "nothing"}})["objects"].size(), 0u);
  EXPECT_EQ(call("end.objects", {{"limit", 1}})["objects"].size(), 1u);
}

TEST_F(EndsTest, DecimalsKeepEveryDigitOnTheWayOut) {
  const json body{{"end", end()}, {"object", "orders"}, {"fields", {"id", "amount"}}, {"limit", 10}};
  EXPECT_EQ(answer("end.read", body),
            R"({"records":[{"id":1,"amount":"1.10"},{"id":2,"amount":"12345678901234567890.5"}],"more":false})");
}

TEST_F(EndsTest, ALimitSaysWhetherThereIsMore) {
  EXPECT_EQ(call("end.read", {{"object", "orders"}, {"fields", {"id"}}, {"limit", 1}})["more"], true);
  EXPECT_EQ(call("end.read", {{"object", "orders"}, {"fields", {"id"}}, {"limit", 2}})["more"], false);
}

TEST_F(EndsTest, DeletedRecordsSayWhatTheyAre) {
  constexpr int64_t kSecondOfJanuary = 1'767'312'000'000;
  const json read = call("end.read", {{"object", "orders"},
                                      {"fields", {"amount"}},
                                      {"limit", 10},
                                      {"modifiedAfter", kSecondOfJanuary},
                                      {"deleted", true}});
  EXPECT_EQ(read["records"][1], json({{"amount", nullptr}, {"id", "3"}, {"_deleted", true}}));
}

TEST_F(EndsTest, WritesRecordsWhateverTheirFieldsAreCalled) {
  const std::string odd = "odd.name \"x\"";
  const json records = json::array({{{"id", 2}, {odd, "second"}}, {{"id", 9}, {odd, nullptr}, {"amount", "7.0"}}});
  const json written =
      call("end.write",
           {{"object", "orders"}, {"keyField", "id"}, {"fields", {"id", odd, "amount"}}, {"records", records.dump()}});
  EXPECT_EQ(written["results"], json::parse(R"([{"index":0,"outcome":"updated","targetKey":"2"},
                                               {"index":1,"outcome":"created","targetKey":"9"}])"));
}

TEST_F(EndsTest, TheLaterOfTwoRecordsWithOneKeyHolds) {
  const json records = json::array({{{"id", 5}, {"amount", "1"}}, {{"id", 5}, {"amount", "2"}}});
  const json written =
      call("end.write",
           {{"object", "orders"}, {"keyField", "id"}, {"fields", {"id", "amount"}}, {"records", records.dump()}});
  EXPECT_EQ(written["results"][0]["outcome"], "created");
  EXPECT_EQ(written["results"][1]["outcome"], "updated");
  sql::SqliteDatabase database(file());
  std::string amount;
  database.statement("SELECT amount FROM orders WHERE id = 5").first([&](const auto& row) { amount = row.string(0); });
  EXPECT_EQ(amount, "2");
}

TEST_F(EndsTest, ARecordThatIsRefusedCostsTheOthersNothing) {
  const json records = json::array({{{"id", "no number"}}, {{"id", 6}}, {{"amount", "1"}}});
  const json results = call(
      "end.write",
      {{"object", "orders"}, {"keyField", "id"}, {"fields", {"id", "amount"}}, {"records", records.dump()}})["results"];
  EXPECT_EQ(results[0]["outcome"], "rejected");
  EXPECT_FALSE(results[0]["error"]["message"].get<std::string>().empty());
  EXPECT_EQ(results[1]["outcome"], "created");
  EXPECT_EQ(results[2]["error"]["code"], "key_missing");
  EXPECT_EQ(results[2]["error"]["field"], "id");
}

TEST_F(EndsTest, MoreRecordsThanACallTakesAreRefusedAsAWhole) {
  json records = json::array();
  for (int64_t i = 0; i <= kCallRecordsMax; ++i) records.push_back({{"id", 100 + i}});
  const Error error = error_of(
      "end.write", {{"object", "orders"}, {"keyField", "id"}, {"fields", {"id"}}, {"records", records.dump()}});
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_EQ(error.field(), "records");
  EXPECT_EQ(call("end.read", {{"object", "orders"}, {"fields", {"id"}}, {"limit", 10}})["records"].size(), 2u);
}

TEST_F(EndsTest, NamesTheMemberThatIsWrong) {
  const json reading{{"object", "orders"}, {"fields", {"id"}}, {"limit", 1}};
  const std::vector<std::pair<const char*, json>> wrong{
      {"limit", {{"limit", kCallRecordsMax + 1}}},
      {"limit", {{"limit", "ten"}}},
      {"fields", {{"fields", {""}}}},
      {"fields", {{"fields", "id"}}},
      {"object", {{"object", 1}}},
      {"deleted", {{"deleted", "yes"}}},
      {"end", {{"end", "sqlite"}}},
  };
  for (const auto& [member, change] : wrong) {
    json body = reading;
    body.update(change);
    EXPECT_EQ(error_of("end.read", body).field(), member) << change;
  }
}

TEST_F(EndsTest, ATestOfAnEndIsAnAnswerAlsoWhenItFails) {
  EXPECT_EQ(call("end.test", json::object())["ok"], true);
  const json nowhere{{"type", "sqlite"}, {"config", {{"path", (folder_ / "no" / "file.db").string()}}}};
  const json refused = call("end.test", {{"end", nowhere}});
  EXPECT_EQ(refused["ok"], false);
  EXPECT_FALSE(refused["message"].get<std::string>().empty());
}

}  // namespace
}  // namespace nexpo
