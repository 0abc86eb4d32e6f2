// Task<T>: the one coroutine type. Lazy, owned by one holder, resumes its awaiter by symmetric transfer.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace nexpo {

template <class T = void>
class Task;

namespace detail {

struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
    return self.promise().awaiter;
  }
  void await_resume() const noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> awaiter = std::noop_coroutine();
  std::exception_ptr thrown;

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;

  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() {
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
  }
};

}  // namespace detail

/// A computation that starts when it is awaited and is destroyed with its holder.
/// Coroutines take their arguments by value, or borrow what outlives the await.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() const& noexcept { return Awaiter{handle_}; }

 private:
  struct Awaiter {
    Handle handle;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) const noexcept {
      handle.promise().awaiter = awaiter;
      return handle;
    }
    T await_resume() const { return handle.promise().take(); }
  };

  Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

/// The root of a chain of awaits: starts at once, frees itself at the end.
struct Root {
  struct promise_type {
    Root get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace detail

/// Awaits `task` and gives its value or its error instead of throwing, for code that must decide.
template <class T>
Task<Result<T>> attempt(Task<T> task) {
  std::exception_ptr thrown;
  try {
    T value = co_await task;
    co_return Result<T>(std::in_place_index<0>, std::move(value));
  } catch (...) {
    thrown = std::current_exception();
  }
  co_return Result<T>(std::in_place_index<1>, to_error(std::move(thrown)));
}

/// As above for a task without a value.
inline Task<Result<std::monostate>> attempt(Task<void> task) {
  std::exception_ptr thrown;
  try {
    co_await task;
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown) co_return Result<std::monostate>(std::in_place_index<0>);
  co_return Result<std::monostate>(std::in_place_index<1>, to_error(std::move(thrown)));
}

/// Runs `task` now, on this thread, until its first suspension; `done` is called with what it threw, or null.
inline detail::Root spawn(Task<void> task, std::function<void(std::exception_ptr)> done) {
  std::exception_ptr thrown;
  try {
    co_await task;
  } catch (...) {
    thrown = std::current_exception();
  }
  done(std::move(thrown));
}

}  // namespace nexpo
