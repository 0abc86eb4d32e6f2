// Workers: where blocking calls and long computations go, and come back from.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/task.hpp"

namespace nexpo {

class Workers {
 public:
  virtual ~Workers() = default;

  /// Runs `work` off the loop thread and resumes the awaiter on the loop thread with its value or exception.
  /// `work` is an ordinary function object (never a coroutine). What it borrows must outlive the await.
  template <class Work>
  Task<std::invoke_result_t<Work&>> run(Work work);

 protected:
  /// Calls `work` on some other thread, then `done` on the loop thread.
  virtual void submit(std::function<void()> work, std::function<void()> done) = 0;

 private:
  struct Visit {
    Workers& workers;
    std::function<void()> work;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiter) {
      workers.submit(std::move(work), [awaiter] { awaiter.resume(); });
    }
    void await_resume() const noexcept {}
  };
};

template <class Work>
Task<std::invoke_result_t<Work&>> Workers::run(Work work) {
  using Value = std::invoke_result_t<Work&>;
  std::exception_ptr thrown;
  if constexpr (std::is_void_v<Value>) {
    std::function<void()> body = [&] {
      try {
        work();
      } catch (...) {
        thrown = std::current_exception();
      }
    };
    Visit visit{*this, std::move(body)};
    co_await visit;
    if (thrown) std::rethrow_exception(thrown);
  } else {
    std::optional<Value> value;
    std::function<void()> body = [&] {
      try {
        value.emplace(work());
      } catch (...) {
        thrown = std::current_exception();
      }
    };
    Visit visit{*this, std::move(body)};
    co_await visit;
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(*value);
  }
}

}  // namespace nexpo
