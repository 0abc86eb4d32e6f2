// The fixture of what every state store must keep in its book.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "base/loop.hpp"
#include "base/thread_workers.hpp"
#include "store/conformance.hpp"
#include "support/live_loop.hpp"

namespace nexpo {

class BookConformance : public StoreConformance {
 protected:
  static DocumentWrite write_of(std::string kind, std::string id, std::string body) {
    DocumentWrite write;
    write.kind = std::move(kind);
    write.id = std::move(id);
    write.body = std::move(body);
    write.now = kNow;
    return write;
  }
  static DocumentWrite expecting(DocumentWrite write, int64_t revision) {
    write.if_revision = revision;
    return write;
  }
  Document put(const std::string& kind, const std::string& id, const std::string& body = "{}") {
    return wait(store_->put_document(write_of(kind, id, body)));
  }
  static AuditNote note(std::string action, std::string subject = "s") {
    AuditNote out;
    out.actor = "ada";
    out.action = std::move(action);
    out.subject = std::move(subject);
    return out;
  }
  std::vector<AuditEntry> audit() {
    AuditFilter all;
    all.limit = 10'000;
    return wait(store_->audit(all));
  }
  AuditVerdict verdict() { return wait(store_->verify_audit()); }

  /// What another process does with this state: a thread with a loop and a store of its own. `work(loop, store)`.
  template <class Work>
  std::thread process(Work work) {
    return std::thread([this, work] {
      Loop loop;
      ThreadWorkers workers(loop, 1);
      const auto store = run_on(loop, [&] { return home_->open(workers); });
      try {
        work(loop, *store);
      } catch (const Error& error) {
        ADD_FAILURE() << error.message();
      }
    });
  }
};

#define EVERY_STORE(Suite)                                                         \
  INSTANTIATE_TEST_SUITE_P(Stores, Suite, testing::Values("sqlite", "postgresql"), \
                           [](const auto& info) { return info.param; })

}  // namespace nexpo
