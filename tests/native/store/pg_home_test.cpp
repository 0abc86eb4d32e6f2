#include <gtest/gtest.h>

#include "sql/pg_test_database.hpp"
#include "store/pg_store.hpp"
#include "store/store_home.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {
namespace {

class PgHome final : public StoreHome {
 public:
  Task<std::unique_ptr<StateStore>> open(Workers& workers) override { return open_pg_store(database_.url(), workers); }
  void pretend_newer_version() override {
    sql::PgConnection connection(database_.address());
    pqxx::nontransaction(connection).exec("INSERT INTO data_sync.migration VALUES (1000, 'from the future')");
  }
  void execute(std::string statement) override {
    sql::PgConnection connection(database_.address());
    pqxx::nontransaction(connection).exec(statement);
  }

 private:
  PgTestDatabase database_;
};

}  // namespace

std::unique_ptr<StoreHome> make_pg_home() { return pg_test_url() ? std::make_unique<PgHome>() : nullptr; }

namespace {

Error error_of_opening(const std::string& url) {
  SimClock clock;
  SimWorkers workers(clock);
  try {
    (void)clock.run(open_pg_store(url, workers));
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorKind::internal, "");
}

TEST(PgStore, ShowsNoPasswordOfAnAddressThatCannotBeRead) {
  const Error error = error_of_opening("postgresql://user:hun%zzter2@host/db");
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_EQ(error.message().find("ter2"), std::string::npos) << error.message();
}

TEST(PgStore, SaysThatNoServerAnswers) {
  const Error error = error_of_opening("postgresql://user:hunter2@127.0.0.1:1/db");
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(error.message().find("127.0.0.1:1/db"), std::string::npos) << error.message();
  EXPECT_EQ(error.message().find("hunter2"), std::string::npos);
}

TEST(PgStore, TellsWrongCredentialsFromAMissingDatabase) {
  if (!pg_test_url()) GTEST_SKIP() << "DATA_SYNC_TEST_PG is not set";
  PgTestDatabase database;
  sql::PgAddress address = database.address();
  const auto url = [&](const std::string& password, const std::string& name) {
    return "postgresql://" + std::string(address.get("user")) + ":" + password + "@" +
           std::string(address.get("host")) + ":" + std::string(address.get("port")) + "/" + name;
  };
  const Error wrong = error_of_opening(url("hunter2", "postgres"));
  EXPECT_EQ(wrong.kind(), ErrorKind::unauthorized) << wrong.message();
  EXPECT_EQ(wrong.code(), "28P01");
  EXPECT_EQ(wrong.message().find("hunter2"), std::string::npos);
  const Error missing = error_of_opening(url(std::string(address.get("password")), "no_such_database"));
  EXPECT_EQ(missing.kind(), ErrorKind::invalid) << missing.message();
  EXPECT_EQ(missing.code(), "3D000");
}

}  // namespace
}  // namespace nexpo
