// ThreadWorkers: a small fixed pool of threads behind a loop.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/loop.hpp"
#include "base/workers.hpp"

namespace nexpo {

/// Must be destroyed before its loop. Destruction finishes the work that was submitted, and drops nothing.
class ThreadWorkers final : public Workers {
 public:
  ThreadWorkers(Loop& loop, int threads);
  ~ThreadWorkers() override;

 protected:
  void submit(std::function<void()> work, std::function<void()> done) override;

 private:
  struct Job {
    std::function<void()> work;
    std::function<void()> done;
  };
  void run_jobs();

  Loop& loop_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace nexpo
