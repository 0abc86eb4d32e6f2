// PgPool: a few sessions with one database, used from the loop thread through Workers.
#pragma once

#include <memory>
#include <vector>

#include "base/started.hpp"
#include "base/workers.hpp"
#include "sql/pg_connection.hpp"

namespace nexpo::sql {

/// Connects when a session is first needed, at most `sessions_max` at once; callers beyond that wait in order.
/// A session whose work failed is used again only if it is still connected and outside of a transaction.
class PgPool {
 public:
  PgPool(PgAddress address, Workers& workers, int sessions_max)
      : address_(std::move(address)), workers_(workers), free_(sessions_max) {}

  const PgAddress& address() const { return address_; }
  /// Pieces of work done so far.
  uint64_t calls() const { return calls_; }

  /// Runs `work(connection)` off the loop thread. Whatever it throws arrives as an Error.
  template <class Work>
  Task<std::invoke_result_t<Work&, PgConnection&>> run(Work work) {
    const Semaphore::Permit turn = co_await free_.acquire();
    Loan loan(*this);
    ++calls_;
    auto job = [&] { return translating_pg_errors(address_, [&] { return work(loan.connect()); }); };
    co_return co_await workers_.run(std::move(job));
  }

 private:
  /// Takes an idle session, or none, and puts it back if it can be used again.
  class Loan {
   public:
    explicit Loan(PgPool& pool) : pool_(pool) {
      if (pool_.idle_.empty()) return;
      connection_ = std::move(pool_.idle_.back());
      pool_.idle_.pop_back();
    }
    ~Loan() {
      if (connection_ && connection_->is_usable()) pool_.idle_.push_back(std::move(connection_));
    }
    Loan(const Loan&) = delete;
    /// Blocks.
    PgConnection& connect() {
      if (!connection_) connection_ = std::make_unique<PgConnection>(pool_.address_);
      return *connection_;
    }

   private:
    PgPool& pool_;
    std::unique_ptr<PgConnection> connection_;
  };

  PgAddress address_;
  Workers& workers_;
  Semaphore free_;
  std::vector<std::unique_ptr<PgConnection>> idle_;
  uint64_t calls_ = 0;
};

}  // namespace nexpo::sql
