#include "engine/sync_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engine/mapping_tests.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 19> kKeys{
    "id",           "description",     "source",     "target",  "sourceObject",
    "targetObject", "fieldMappings",   "validation", "tests",   "conflictResolution",
    "conflicts",    "direction",       "matchOn",    "creates", "deletes",
    "batchSize",    "batchesInFlight", "schedule",   "$schema"};

bool good_id(std::string_view id) {
  return !id.empty() && id.size() <= kSyncIdLengthMax && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

/// Reads one file and gathers faults instead of stopping at the first.
class FileReader {
 public:
  explicit FileReader(const json& file) : file_(file) {}

  SyncFile read() {
    if (!file_.is_object()) throw Error(ErrorKind::invalid, "the sync must be a JSON object");
    check_keys(file_, kKeys, "");
    out_.id = text("id");
    if (!out_.id.empty() && !good_id(out_.id))
      fault("id: use letters, digits, '.', '_' and '-', at most {} characters", kSyncIdLengthMax);
    read_end("source", out_.source);
    read_end("target", out_.target);
    out_.source_object = text("sourceObject");
    out_.target_object = text("targetObject");
    read_mappings();
    guard([this] { MappingTests::parse(file_.value("tests", json()), "tests"); });
    guard([this] { read_policies(); });
    guard([this] { read_direction(); });
    guard([this] { read_deletes(); });
    out_.limits.page_records_max = integer(file_, "batchSize", "", 1, kBatchSizeMax, out_.limits.page_records_max);
    out_.limits.batches_in_flight =
        integer(file_, "batchesInFlight", "", 1, kBatchesInFlightMax, out_.limits.batches_in_flight);
    guard([this] { read_schedule(); });
    if (!faults_.empty()) throw Error(ErrorKind::invalid, fmt::format("{}", fmt::join(faults_, "\n")));
    return std::move(out_);
  }

 private:
  template <class... Args>
  void fault(fmt::format_string<Args...> format, Args&&... args) {
    faults_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  template <class Body>
  void guard(Body body) {
    try {
      body();
    } catch (const Error& error) {
      faults_.push_back(error.message());
    }
  }

  void check_keys(const json& object, std::span<const std::string_view> known, std::string_view at) {
    for (const auto& [key, value] : object.items())
      if (std::ranges::find(known, key) == known.end())
        fault("{}{}: unknown key; known are {}", at, key, fmt::join(known, ", "));
  }

  std::string text(const char* key) {
    const auto found = file_.find(key);
    if (found == file_.end()) {
      fault("{}: missing", key);
      return {};
    }
    if (!found->is_string() || found->get_ref<const std::string&>().empty()) {
      fault("{}: must be a text that is not empty", key);
      return {};
    }
    return found->get<std::string>();
  }

  int integer(const json& object, const char* key, std::string_view at, int min, int max, int fallback) {
    const auto found = object.find(key);
    if (found == object.end()) return fallback;
    if (!found->is_number_integer() || *found < min || *found > max) {
      fault("{}{}: must be a whole number from {} to {}", at, key, min, max);
      return fallback;
    }
    return found->get<int>();
  }

  void read_end(const char* key, EndSettings& end) {
    static constexpr std::array<std::string_view, 2> known{"type", "config"};
    const auto found = file_.find(key);
    if (found == file_.end() || !found->is_object()) return fault("{}: must be an object {{type, config}}", key);
    if (found->contains("integration")) return read_integration(*found, key, end);
    check_keys(*found, known, fmt::format("{}.", key));
    const auto type_found = found->find("type");
    if (type_found == found->end() || !type_found->is_string())
      fault("{}.type: must name a connector, for example \"salesforce\"", key);
    else
      end.type = type_found->get<std::string>();
    end.config = found->value("config", json::object());
    if (!end.config.is_object()) fault("{}.config: must be an object", key);
  }

  void read_integration(const json& object, const char* key, EndSettings& end) {
    static constexpr std::array<std::string_view, 1> known{"integration"};
    check_keys(object, known, fmt::format("{}.", key));
    const json& id = object["integration"];
    if (id.is_string()) end.integration = id.get<std::string>();
    if (end.integration.empty()) fault("{}.integration: must be the id of an integration", key);
  }

  void read_mappings() {
    const auto found = file_.find("fieldMappings");
    if (found == file_.end() || !found->is_array() || found->empty())
      return fault("fieldMappings: must be a list with at least one {{source, target}}");
    out_.field_mappings = *found;
    out_.validation = file_.value("validation", json());
  }

  void read_policies() {
    const auto found = file_.find("conflictResolution");
    if (found == file_.end()) return;
    if (!found->is_string()) return fault("conflictResolution: must be a text such as \"source_wins\"");
    out_.strategy = parse_strategy(found->get<std::string>(), "conflictResolution");
  }

  /// One of `words`, the first of which holds where nothing is said.
  template <size_t N>
  std::string_view word(const char* key, const std::array<std::string_view, N>& words) {
    const auto found = file_.find(key);
    if (found == file_.end()) return words.front();
    if (found->is_string())
      for (const std::string_view one : words)
        if (one == found->get_ref<const std::string&>()) return one;
    fault("{}: must be one of {}", key, fmt::join(words, ", "));
    return words.front();
  }

  void read_direction() {
    static constexpr std::array<std::string_view, 2> directions{"one_way", "two_way"};
    static constexpr std::array<std::string_view, 4> creates{"both", "to_target", "to_source", "none"};
    out_.two_way = word("direction", directions) == "two_way";
    const std::string_view made = word("creates", creates);
    out_.creates_in_target = made == "both" || made == "to_target";
    out_.creates_in_source = made == "both" || made == "to_source";
    out_.conflicts = file_.value("conflicts", json());
    if (file_.contains("matchOn")) out_.match_on = text("matchOn");
    if (!out_.reconciles())
      for (const char* key : {"matchOn", "creates"})
        if (file_.contains(key))
          fault("{}: only a sync that decides field by field has it; add direction: \"two_way\", or leave it out", key);
  }

  void read_deletes() {
    static constexpr std::array<std::string_view, 3> known{"policy", "limitRecords", "limitPercent"};
    const auto found = file_.find("deletes");
    if (found == file_.end()) return;
    if (found->is_string()) {
      out_.deletes = parse_delete_policy(found->get<std::string>(), "deletes");
      return;
    }
    if (!found->is_object() || !found->contains("policy") || !(*found)["policy"].is_string())
      return fault("deletes: must be a policy such as \"soft\", or an object {{policy, limitRecords, limitPercent}}");
    check_keys(*found, known, "deletes.");
    out_.breaker.records_min = integer(*found, "limitRecords", "deletes.", 0, 1'000'000'000, 50);
    out_.breaker.percent = integer(*found, "limitPercent", "deletes.", 0, 100, 5);
    out_.deletes = parse_delete_policy((*found)["policy"].get<std::string>(), "deletes.policy");
  }

  void read_schedule() {
    const auto found = file_.find("schedule");
    if (found != file_.end()) out_.schedule = parse_schedule(*found);
  }

  const json& file_;
  SyncFile out_;
  std::vector<std::string> faults_;
};

}  // namespace

Schedule parse_schedule(const json& schedule) {
  if (schedule.is_string()) return Schedule::parse(schedule.get<std::string>());
  const auto refuse = [](const std::string& message) {
    return Error(ErrorKind::invalid, message).with_field("schedule");
  };
  if (!schedule.is_object() || !schedule.value("cron", json()).is_string() ||
      !schedule.value("timeZone", json("UTC")).is_string())
    throw refuse("schedule: must be a cron expression, or an object {cron, timeZone}");
  for (const auto& [key, value] : schedule.items())
    if (key != "cron" && key != "timeZone")
      throw refuse(fmt::format("schedule.{}: unknown key; known are cron, timeZone", key));
  return Schedule::parse(schedule["cron"].get<std::string>(), schedule.value("timeZone", "UTC"));
}

SyncFile SyncFile::parse(const nlohmann::json& file) { return FileReader(file).read(); }

}  // namespace nexpo
