// LiveLoop: runs a task on a real loop and waits for it on the test's thread.
#pragma once

#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/loop.hpp"
#include "base/task.hpp"

namespace nexpo {

namespace detail {

template <class T>
struct LiveResult {
  std::promise<void> ended;
  std::exception_ptr thrown;
  std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> value{};
};

template <class T, class Make>
Task<> await_into(Make make, std::shared_ptr<LiveResult<T>> result) {
  Task<T> task = make();
  if constexpr (std::is_void_v<T>) {
    co_await task;
  } else {
    result->value.emplace(co_await task);
  }
}

}  // namespace detail

/// Calls `make` on the loop thread, awaits the Task it gives, and gives back its value or throws its exception.
///
///   http::Response response = run_on(loop, [&] { return client.send(request); });
template <class Make>
auto run_on(Loop& loop, Make make) {
  using T = decltype(make().operator co_await().await_resume());
  auto result = std::make_shared<detail::LiveResult<T>>();
  loop.post([&loop, result, make = std::move(make)] {
    spawn(detail::await_into<T, Make>(make, result), [&loop, result](std::exception_ptr thrown) {
      result->thrown = std::move(thrown);
      // Told in a later turn, when the coroutines and what they borrow are gone.
      loop.post([result] { result->ended.set_value(); });
    });
  });
  result->ended.get_future().wait();
  if (result->thrown) std::rethrow_exception(std::move(result->thrown));
  if constexpr (!std::is_void_v<T>) return std::move(*result->value);
}

}  // namespace nexpo
