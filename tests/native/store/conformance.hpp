// The fixture of the stores' conformance suite: what every state store must do.
#pragma once

#include <gtest/gtest.h>

#include <random>

#include "store/store_home.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {

constexpr Time kNow = SimClock::kStart;

inline Fingerprint print(uint8_t byte) {
  Fingerprint out;
  out.bytes.fill(byte);
  return out;
}

class StoreConformance : public testing::TestWithParam<std::string> {
 protected:
  using Run = nexpo::Run;  // the base class has a function of that name

  void SetUp() override {
    home_ = GetParam() == "sqlite" ? make_sqlite_home() : make_pg_home();
    if (!home_) GTEST_SKIP() << "DATA_SYNC_TEST_PG is not set";
    store_ = open();
  }

  std::unique_ptr<StateStore> open() { return clock_.run(home_->open(workers_)); }
  template <class T>
  T wait(Task<T> task) {
    return clock_.run(std::move(task));
  }
  template <class T>
  Error error_of(Task<T> task) {
    try {
      (void)clock_.run(attempt_void(std::move(task)));
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorKind::internal, "");
  }
  template <class T>
  static Task<bool> attempt_void(Task<T> task) {
    co_await task;
    co_return true;
  }

  Run begin(const Lease& lease, const std::string& mode = "full") {
    return wait(store_->begin_run(lease, mode, "plan", kNow));
  }
  Commit page(const Lease& lease, const Run& run) {
    Commit commit;
    commit.lease = lease;
    commit.run_id = run.id;
    return commit;
  }
  std::vector<std::string> unseen_keys(const Run& run, int limit) {
    std::vector<std::string> keys;
    std::string after;
    for (;;) {
      const auto gone = wait(store_->unseen(run.sync_id, run.id, after, limit));
      if (gone.empty()) return keys;
      EXPECT_LE(gone.size(), static_cast<size_t>(limit));
      for (const auto& one : gone) keys.push_back(one.source_key);
      after = keys.back();
    }
  }

  SimClock clock_;
  SimWorkers workers_{clock_};
  std::unique_ptr<StoreHome> home_;
  std::unique_ptr<StateStore> store_;
};

}  // namespace nexpo
