// A full disk, and a server that goes away, at each write of a store: every call happens whole or not at all, says
// which of both it was, and the run goes on once the trouble is over.
#include <sqlite3.h>

#include <cerrno>
#include <functional>
#include <thread>

#include <fmt/ranges.h>
#include <unistd.h>

#include "store/conformance.hpp"

namespace nexpo {
namespace {

/// Lets some writes of the stores' databases pass and none after them, until it is mended.
class Trouble {
 public:
  virtual ~Trouble() = default;
  virtual void begin_after(int writes) = 0;
  virtual void mend() = 0;
  virtual bool told_by(const Error& error) const = 0;
  /// The caller cannot know whether the call that met it took effect.
  virtual bool hides_outcome() const { return false; }
};

/// Takes the place of the system call by which SQLite writes files.
class FullDisk final : public Trouble {
 public:
  FullDisk() { replace(&write); }
  ~FullDisk() override { replace(nullptr); }
  void begin_after(int writes) override { left_ = writes; }
  void mend() override { left_ = -1; }
  bool told_by(const Error& error) const override { return error.code() == "SQLITE_FULL"; }

 private:
  static ssize_t write(int file, const void* bytes, size_t size, off64_t at) {
    if (left_ == 0) {
      errno = ENOSPC;
      return -1;
    }
    if (left_ > 0) --left_;
    return pwrite64(file, bytes, size, at);
  }
  static void replace(ssize_t (*call)(int, const void*, size_t, off64_t)) {
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    ASSERT_EQ(system->xSetSystemCall(system, "pwrite64", reinterpret_cast<sqlite3_syscall_ptr>(call)), SQLITE_OK);
  }
  static inline int left_ = -1;  ///< negative: any number
};

/// Triggers on all tables of the store, and one that strikes when a transaction commits. What they do is `deed`.
class TroubledServer : public Trouble {
 public:
  TroubledServer(StoreHome& home, const std::string& deed) : home_(home) {
    // A sequence counts on whatever is rolled back.
    home.execute("CREATE SEQUENCE data_sync.writes; CREATE TABLE data_sync.trouble AS SELECT -1 AS after");
    home.execute(
        "CREATE FUNCTION data_sync.strike() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE allowed integer := (SELECT after FROM data_sync.trouble); "
        "BEGIN IF allowed >= 0 AND nextval('data_sync.writes') > allowed THEN " +
        deed + " END IF; RETURN NULL; END $$");
    for (const char* table : {"sync", "run", "link", "seen", "intent", "rejected"})
      home.execute(
          fmt::format("CREATE TRIGGER strike AFTER INSERT OR UPDATE OR DELETE ON data_sync.{} "
                      "FOR EACH STATEMENT EXECUTE FUNCTION data_sync.strike()",
                      table));
    home.execute(
        "CREATE CONSTRAINT TRIGGER strike_at_commit AFTER INSERT OR UPDATE ON data_sync.run DEFERRABLE "
        "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION data_sync.strike()");
  }
  void begin_after(int writes) override {
    home_.execute("ALTER SEQUENCE data_sync.writes RESTART");
    home_.execute(fmt::format("UPDATE data_sync.trouble SET after = {}", writes));
  }
  void mend() override { home_.execute("UPDATE data_sync.trouble SET after = -1"); }

 private:
  StoreHome& home_;
};

class FullServer final : public TroubledServer {
 public:
  explicit FullServer(StoreHome& home)
      : TroubledServer(home, "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full';") {}
  bool told_by(const Error& error) const override { return error.code() == "53100"; }
};

class RestartedServer final : public TroubledServer {
 public:
  explicit RestartedServer(StoreHome& home)
      : TroubledServer(home,
                       "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity "
                       "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid(); "
                       "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10);") {}
  /// The server's last word, that the connection is gone, or that it went during a commit.
  bool told_by(const Error& error) const override {
    return error.code() == "57P01" || error.code().starts_with("08") || error.outcome_unknown();
  }
  bool hides_outcome() const override { return true; }
};

/// The life of a run at its store, step by step.
class Life {
 public:
  Life(SimClock& clock, StateStore& store, std::string sync) : clock_(clock), store_(store), sync_(std::move(sync)) {}

  static constexpr int kSteps = 6;
  void step(int number) {
    switch (number) {
      case 0: lease_ = wait(store_.acquire(sync_)); return;
      case 1: run_ = wait(store_.begin_run(lease_, "full", "plan", kNow)); return;
      case 2:
        intent_ = wait(store_.intend(lease_, run_.id, {{"a", "x", print(1), {}, {}}, {"b", "", print(2), {}, {}}}));
        return;
      case 3: return first_page();
      case 4: return second_page();
      case 5: wait(store_.end_run(lease_, run_.id, RunState::succeeded, {"next"}, "", kNow)); return;
      default: FAIL();
    }
  }

  void leave() { wait(store_.release(lease_)); }

  /// Another process takes over after a step that failed. Gives the step to go on with.
  int take_over(int failed) {
    if (failed == 0) return 0;
    lease_ = acquire_when_free();
    const SyncState state = wait(store_.load(sync_));
    if (!state.last) return 1;
    run_ = *state.last;
    if (run_.state == RunState::succeeded) return kSteps;
    wait(store_.resume_run(lease_, run_.id));
    return run_.pages == 0 ? 2 : static_cast<int>(run_.pages) + 3;
  }

  /// All that can be asked of the sync.
  std::string state() {
    const SyncState now = wait(store_.load(sync_));
    std::string out = fmt::format("cursor {} linked {} rejected {}", now.cursor.text, now.linked, now.rejected);
    if (now.last)
      out += fmt::format(" run {} pages {} read {} at {}", name_of(now.last->state), now.last->pages,
                         now.last->counts.read, now.last->cursor.text);
    const std::vector<std::string_view> keys{"a", "b", "c", "d"};
    const auto links = wait(store_.links(sync_, keys));
    for (size_t i = 0; i < keys.size(); ++i)
      if (links[i])
        out += fmt::format("; {} -> {} {} pending {}", keys[i], links[i]->target_key, links[i]->fingerprint.bytes[0],
                           links[i]->pending.bytes[0]);
    for (const RejectedRecord& one : wait(store_.rejected(sync_, std::nullopt, false, 0, 10)))
      out += fmt::format("; rejected {}", one.source_key);
    return out;
  }

 private:
  template <class T>
  T wait(Task<T> task) {
    return clock_.run(std::move(task));
  }

  /// A server that ends the connections of a process takes a moment to let go of what they locked.
  Lease acquire_when_free() {
    constexpr int kTriesMax = 200;
    for (int tries = 1;; ++tries) {
      try {
        return wait(store_.acquire(sync_));
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::conflict || tries == kTriesMax) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  Commit page(uint64_t read) const {
    Commit commit;
    commit.lease = lease_;
    commit.run_id = run_.id;
    commit.counts.read = commit.counts.created = read;
    commit.cursor = {fmt::format("behind {}", read)};
    return commit;
  }
  void first_page() {
    Commit commit = page(3);
    commit.intent = intent_;
    commit.links = {{"a", "x", print(1), {}, {}, print(70)}, {"b", "", print(2), {}, {}}};
    RejectedRecord bad;
    bad.source_key = "c";
    bad.original = "{}";
    commit.rejected.push_back(bad);
    commit.next_intents = {{"d", "", print(4), {}, {}}};
    intent_ = wait(store_.commit(std::move(commit)));
  }
  void second_page() {
    Commit commit = page(5);
    commit.intent = intent_;
    commit.links = {{"c", "", print(3), {}, {}}, {"d", "", print(4), {}, {}}};
    commit.unlinked = {"a"};
    commit.resolved = {"c"};
    commit.seen = {"b"};
    wait(store_.commit(std::move(commit)));
  }

  SimClock& clock_;
  StateStore& store_;
  std::string sync_;
  Lease lease_;
  nexpo::Run run_;
  int64_t intent_ = 0;
};

class BrokenWrites : public StoreConformance {
 protected:
  std::unique_ptr<Trouble> make_trouble(bool restart) {
    if (GetParam() == "sqlite") return std::make_unique<FullDisk>();
    if (restart) return std::make_unique<RestartedServer>(*home_);
    return std::make_unique<FullServer>(*home_);
  }

  /// Lets trouble begin after ever more writes, until a whole run gets through. Each run is a sync of its own.
  void survive(Trouble& trouble) {
    std::vector<std::string> good;  // the state after each step
    Life reference(clock_, *store_, "reference");
    for (int step = 0; step < Life::kSteps; ++step) {
      reference.step(step);
      good.push_back(reference.state());
    }
    constexpr int kWritesMax = 400;
    for (int writes = 0; writes < kWritesMax; ++writes) {
      SCOPED_TRACE(fmt::format("trouble after {} writes", writes));
      Life life(clock_, *store_, fmt::format("sync {}", writes));
      trouble.begin_after(writes);
      int step = 0;
      std::optional<Error> met;
      try {
        for (; step < Life::kSteps; ++step) life.step(step);
      } catch (const Error& error) {
        met = error;
      }
      trouble.mend();
      if (!met) {
        EXPECT_EQ(life.state(), good.back());
        EXPECT_GT(writes, 10) << "hardly anything was written";
        return;
      }
      ASSERT_EQ(met->kind(), ErrorKind::unavailable) << met->message();
      ASSERT_TRUE(trouble.told_by(*met)) << met->code() << ": " << met->message();
      if (step > 0 && !trouble.hides_outcome()) {
        ASSERT_EQ(life.state(), good[static_cast<size_t>(step) - 1]) << "half of step " << step << " happened";
      }
      if (trouble.hides_outcome())
        store_ = open();
      else if (step > 0)
        life.leave();
      Life heir(clock_, *store_, fmt::format("sync {}", writes));
      for (int next = heir.take_over(step); next < Life::kSteps; ++next) heir.step(next);
      ASSERT_EQ(heir.state(), good.back());
    }
    ADD_FAILURE() << "a run needs more writes than " << kWritesMax;
  }
};

TEST_P(BrokenWrites, AFullDiskStopsACallAsAWhole) {
  const auto trouble = make_trouble(false);
  survive(*trouble);
}

TEST_P(BrokenWrites, AServerThatGoesAwayLosesNothing) {
  if (GetParam() == "sqlite") GTEST_SKIP() << "there is no server";
  const auto trouble = make_trouble(true);
  survive(*trouble);
}

INSTANTIATE_TEST_SUITE_P(Stores, BrokenWrites, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nexpo
