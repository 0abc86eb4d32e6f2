// measure FILE PROGRAM [ARGUMENTS...]: runs a program and writes what it took into FILE as JSON: wall and CPU seconds,
// peak resident memory, exit code. A small process of its own, because the peak of a child counts from the fork on and
// would begin with the memory of whoever measures.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

pid_t child = 0;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return EXIT_FAILURE;
  const auto started = std::chrono::steady_clock::now();
  child = fork();
  if (child == 0) {
    execvp(words[2], words + 2);
    std::perror(words[2]);
    _exit(127);
  }
  for (const int signal_number : {SIGINT, SIGTERM}) signal(signal_number, [](int number) { kill(child, number); });
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0) continue;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
  std::FILE* file = std::fopen(words[1], "w");
  if (!file) return EXIT_FAILURE;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::fprintf(file, "{\"wallSeconds\":%.6f,\"cpuSeconds\":%.6f,\"peakRssMb\":%.3f,\"exitCode\":%d}\n", wall.count(),
               seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_maxrss) / 1024, code);
  std::fclose(file);
  return code;
}
