// The public conformance files of CEL (google/cel-spec, tests/simple/testdata), wherever they are at hand: every case
// that concerns us has to pass, and the others are told one by one with the reason.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <gtest/gtest.h>

#include "transformer/expression/conformance.hpp"

namespace nexpo::cel {
namespace {

namespace fs = std::filesystem;

fs::path conformance_folder() { return fs::path(DOCS).parent_path().parent_path() / "shared" / "cel-spec"; }

/// How many cases of a file do not concern us. A file that is not named here is read all the same.
const std::map<std::string, size_t> kInapplicable = {
    {"basic", 0}, {"comparisons", 77}, {"integer_math", 0}, {"lists", 0}, {"logic", 0}, {"macros", 0}, {"string", 0},
};

struct Tally {
  size_t passed = 0, failed = 0;
  std::map<std::string, std::vector<std::string>> inapplicable;  ///< cases by reason

  size_t left_out() const {
    size_t count = 0;
    for (const auto& [reason, cases] : inapplicable) count += cases.size();
    return count;
  }
};

Tally run_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Message root = textproto::Reader(text).read();
  Tally tally;
  for (const Message* section : root.all("section")) {
    for (const Message* message : section->all("test")) {
      ConformanceCase one(*message);
      const std::string name = section->text("name") + "/" + one.name();
      if (const std::string_view reason = one.inapplicable(); !reason.empty()) {
        tally.inapplicable[std::string(reason)].push_back(name);
        continue;
      }
      const std::string fault = one.fault();
      fault.empty() ? ++tally.passed : ++tally.failed;
      EXPECT_EQ(fault, "") << path.filename() << " " << name << ": " << message->text("expr");
    }
  }
  return tally;
}

void tell(const std::string& file, const Tally& tally) {
  std::cout << fmt::format("{:16} {:4} passed {:3} failed {:4} inapplicable\n", file, tally.passed, tally.failed,
                           tally.left_out());
  for (const auto& [reason, cases] : tally.inapplicable)
    std::cout << fmt::format("    {}: {}\n", reason, fmt::join(cases, ", "));
}

TEST(Conformance, EveryCaseThatConcernsUsPasses) {
  const fs::path folder = conformance_folder();
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the conformance files of CEL are not in " << folder;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".textproto") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files) {
    const std::string name = path.stem().string();
    const Tally tally = run_file(path);
    tell(name, tally);
    EXPECT_GT(tally.passed + tally.failed + tally.left_out(), 0U) << name;
    if (const auto known = kInapplicable.find(name); known != kInapplicable.end()) {
      EXPECT_EQ(tally.left_out(), known->second) << name;
    }
  }
}

}  // namespace
}  // namespace nexpo::cel
