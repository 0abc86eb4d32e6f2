#include "responder/record_facts.hpp"

#include <xxhash.h>

#include <bit>
#include <cstdlib>

namespace bench {

namespace {

using simdjson::ondemand::json_type;

constexpr std::string_view kKey = "Ext__c";
constexpr std::string_view kNumber = "Number__c";
constexpr size_t kGenerationAt = 12;  // in "AC-00000042-0"
constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;

uint64_t hash_of(std::string_view text, uint64_t seed) { return XXH3_64bits_withSeed(text.data(), text.size(), seed); }

bool is_number(std::string_view name) { return name == "Revenue_K__c" || name == "Employees__c"; }

}  // namespace

RecordFacts::RecordFacts(simdjson::ondemand::object record) {
  for (auto field : record) {
    const std::string_view name = field.unescaped_key();
    if (name == "attributes") continue;
    simdjson::ondemand::value value = field.value();
    switch (json_type(value.type())) {
      case json_type::string: add_text(name, value.get_string()); break;
      case json_type::number: add_number(name, value.get_double()); break;
      case json_type::null: add_null(name); break;
      default: values_ += kOdd;  // no field of the mapping is anything else
    }
  }
}

RecordFacts::RecordFacts(const std::vector<std::string>& names, const std::vector<std::string>& cells) {
  for (size_t i = 0; i < names.size() && i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    if (cells[i] == "#N/A") {
      add_null(names[i]);
    } else if (is_number(names[i])) {
      add_number(names[i], std::strtod(cells[i].c_str(), nullptr));
    } else {
      add_text(names[i], cells[i]);
    }
  }
}

void RecordFacts::add_text(std::string_view name, std::string_view text) {
  if (name == kKey) {
    key_ = text;
  } else if (name == kNumber && text.size() == kGenerationAt + 1) {
    generation_ = text[kGenerationAt];
    values_ += hash_of(text.substr(0, kGenerationAt), hash_of(name, 0));
  } else {
    values_ += hash_of(text, hash_of(name, 0));
  }
}

void RecordFacts::add_number(std::string_view name, double number) {
  values_ += hash_of(name, 1) ^ std::bit_cast<uint64_t>(number) * kOdd;
}

void RecordFacts::add_null(std::string_view name) { values_ += hash_of(name, 2); }

}  // namespace bench
