// Started<T>: work that runs already and is collected later. With Semaphore, the only concurrency primitives.
#pragma once

#include <coroutine>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "base/cancel.hpp"
#include "base/task.hpp"

namespace nexpo {

namespace detail {

template <class T>
struct Outcome {
  std::optional<T> value;
  std::exception_ptr thrown;
  std::coroutine_handle<> awaiter;
  bool done = false;

  void finish() {
    done = true;
    if (awaiter) std::exchange(awaiter, {}).resume();
  }
};

template <class T>
Root run_into(Task<T> task, std::shared_ptr<Outcome<T>> outcome) {
  try {
    outcome->value.emplace(co_await task);
  } catch (...) {
    outcome->thrown = std::current_exception();
  }
  outcome->finish();
}

}  // namespace detail

/// Begins `task` at once on the loop thread. Whoever starts work joins it before what it borrows goes away:
/// dropping a Started detaches the work, it does not stop it.
template <class T>
class [[nodiscard]] Started {
 public:
  explicit Started(Task<T> task) : outcome_(std::make_shared<detail::Outcome<T>>()) {
    detail::run_into(std::move(task), outcome_);
  }

  bool done() const { return outcome_->done; }

  /// Waits for the end and takes the value, or throws what the work threw. Once.
  Task<T> join() {
    Wait wait{*outcome_};
    co_await wait;
    if (outcome_->thrown) std::rethrow_exception(outcome_->thrown);
    co_return std::move(*outcome_->value);
  }

  /// Waits for the end and drops value and error: for tidying up on the way out.
  Task<> settle() {
    Wait wait{*outcome_};
    co_await wait;
  }

 private:
  struct Wait {
    detail::Outcome<T>& outcome;
    bool await_ready() const noexcept { return outcome.done; }
    void await_suspend(std::coroutine_handle<> awaiter) noexcept { outcome.awaiter = awaiter; }
    void await_resume() const noexcept {}
  };

  std::shared_ptr<detail::Outcome<T>> outcome_;
};

/// Counts permits on the loop thread; waiters are served in order.
class Semaphore {
 public:
  explicit Semaphore(int permits) : permits_(permits) {}
  Semaphore(const Semaphore&) = delete;

  /// Gives its permit back when destroyed.
  class [[nodiscard]] Permit {
   public:
    explicit Permit(Semaphore* owner) : owner_(owner) {}
    Permit(Permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (owner_) owner_->release();
    }

   private:
    Semaphore* owner_;
  };

  /// Throws Error{cancelled} as soon as `cancel` is cancelled while it waits.
  Task<Permit> acquire(CancelToken cancel = {}) {
    cancel.throw_if_cancelled();
    Wait wait(*this, std::move(cancel));
    co_await wait;
    co_return Permit(this);
  }

 private:
  /// A place in the queue. A coroutine that is destroyed while it waits leaves the queue.
  class Wait {
   public:
    Wait(Semaphore& semaphore, CancelToken cancel) : semaphore_(semaphore), cancel_(std::move(cancel)) {}
    Wait(const Wait&) = delete;
    ~Wait() { leave(); }

    bool await_ready() const noexcept {
      if (semaphore_.permits_ == 0) return false;
      --semaphore_.permits_;
      return true;
    }
    void await_suspend(std::coroutine_handle<> awaiter) {
      awaiter_ = awaiter;
      semaphore_.waiters_.push_back(this);
      registration_.emplace(cancel_.on_cancel([this] {
        leave();
        awaiter_.resume();
      }));
    }
    void await_resume() const {
      if (!served_) cancel_.throw_if_cancelled();
    }

   private:
    friend class Semaphore;
    void leave() { semaphore_.waiters_.remove(this); }
    void serve() {
      served_ = true;
      registration_.reset();
      awaiter_.resume();
    }

    Semaphore& semaphore_;
    CancelToken cancel_;
    std::coroutine_handle<> awaiter_;
    std::optional<CancelToken::Registration> registration_;
    bool served_ = false;
  };

  void release() {
    if (waiters_.empty()) {
      ++permits_;
      return;
    }
    // The permit passes straight to the first waiter.
    Wait* next = waiters_.front();
    waiters_.pop_front();
    next->serve();
  }

  int permits_;
  std::list<Wait*> waiters_;
};

}  // namespace nexpo
