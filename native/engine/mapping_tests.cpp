#include "engine/mapping_tests.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "transformer/faults.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

constexpr const char* kRejected = "rejected";

bool asks_for_rejection(const json& expect, const Shape& target_fields) {
  return expect.size() == 1 && expect.value(kRejected, json()).is_string() &&
         std::ranges::find(*target_fields, kRejected) == target_fields->end();
}

bool holds(const json& expect, const json& got, const Shape& target_fields) {
  if (asks_for_rejection(expect, target_fields))
    return got.contains(kRejected) && got[kRejected]["code"] == expect[kRejected];
  if (!got.contains("output")) return false;
  const json& output = got["output"];
  return std::ranges::all_of(expect.items(), [&](const auto& wanted) {
    const auto found = output.find(wanted.key());
    return found != output.end() && *found == wanted.value();
  });
}

void check_keys(const json& test, const std::string& at, Faults& faults) {
  for (const auto& [key, value] : test.items())
    if (key != "name" && key != "input" && key != "expect")
      faults.add(fmt::format("{}.{}", at, key), "unknown key", "known are name, input, expect");
  for (const char* key : {"input", "expect"})
    if (!test.value(key, json()).is_object()) faults.add(fmt::format("{}.{}", at, key), "must be an object", "");
  if (!test.value("name", json("")).is_string()) faults.add(at + ".name", "must be a text", "");
}

}  // namespace

MappingTests MappingTests::parse(const json& tests, std::string_view at) {
  MappingTests parsed;
  if (tests.is_null()) return parsed;
  Faults faults;
  if (!tests.is_array()) faults.add(at, "must be a list", "write [{input, expect}]");
  for (size_t i = 0; tests.is_array() && i < tests.size(); ++i) {
    const std::string place = fmt::format("{}[{}]", at, i);
    if (!tests[i].is_object()) {
      faults.add(place, "must be an object", "write {input, expect}");
      continue;
    }
    const size_t before = faults.size();
    check_keys(tests[i], place, faults);
    if (faults.size() > before) continue;
    parsed.tests_.push_back({tests[i].value("name", place), tests[i]["input"], tests[i]["expect"]});
  }
  faults.throw_if_any();
  return parsed;
}

std::string MappingTests::inputs() const {
  json inputs = json::array();
  for (const One& test : tests_) inputs.push_back(test.input);
  return inputs.dump();
}

json MappingTests::judge(const std::string& results, const Shape& target_fields) const {
  json judged = json::array();
  json all = json::parse(results);
  for (size_t i = 0; i < tests_.size(); ++i) {
    const bool ok = holds(tests_[i].expect, all.at(i), target_fields);
    judged.push_back({{"name", tests_[i].name}, {"ok", ok}, {"got", std::move(all[i])}});
  }
  return judged;
}

}  // namespace nexpo
