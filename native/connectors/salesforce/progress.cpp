#include "connectors/salesforce/progress.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace nexpo::salesforce {

namespace {

using nlohmann::json;
using Stage = ReadProgress::Stage;

constexpr int kFormat = 1;
constexpr std::array<std::pair<Stage, const char*>, 3> kStages = {
    {{Stage::rows, "rows"}, {Stage::bulk, "bulk"}, {Stage::deleted, "deleted"}}};

void put_time(json& object, const char* name, const std::optional<Seconds>& time) {
  if (time) object[name] = to_text(*time);
}

std::optional<Seconds> take_time(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  const std::optional<Seconds> time = parse_time(found->get<std::string>());
  if (!time) throw Error(ErrorKind::invalid, fmt::format("\"{}\" is no point in time", name));
  return time;
}

Stage stage_named(const std::string& name) {
  for (const auto& [stage, known] : kStages) {
    if (name == known) return stage;
  }
  throw Error(ErrorKind::invalid, fmt::format("stage \"{}\" is not known", name));
}

const char* name_of(Stage stage) {
  for (const auto& [known, name] : kStages) {
    if (stage == known) return name;
  }
  return "";
}

ReadProgress parse_object(const json& object) {
  ReadProgress progress;
  if (object.at("v").get<int>() != kFormat) throw Error(ErrorKind::invalid, "it is of another version");
  if (const auto stage = object.find("stage"); stage == object.end()) {
    progress.next = take_time(object, "since");
    return progress;
  }
  progress.stage = stage_named(object.at("stage"));
  progress.next = take_time(object, "next");
  progress.window = {take_time(object, "low"), take_time(object, "high")};
  progress.at = {take_time(object, "stamp"), object.value("id", "")};
  progress.after_id = object.value("after", "");
  if (progress.stage == Stage::bulk) {
    const json& bulk = object.at("bulk");
    progress.bulk = {bulk.at("job"), bulk.at("version"), bulk.at("list"), bulk.at("page"), bulk.at("taken")};
  }
  return progress;
}

[[noreturn]] void refuse(std::string_view why) {
  throw Error(ErrorKind::invalid,
              fmt::format("salesforce: the stored cursor cannot be used ({}); run the sync in full once", why))
      .with_code("cursor");
}

}  // namespace

ReadProgress ReadProgress::parse(const Cursor& cursor) {
  if (cursor.empty()) return {};
  try {
    return parse_object(json::parse(cursor.text));
  } catch (const json::exception& fault) {
    refuse(fault.what());
  } catch (const Error& fault) {
    refuse(fault.message());
  }
}

Cursor ReadProgress::cursor() const {
  json object = {{"v", kFormat}, {"stage", name_of(stage)}};
  put_time(object, "next", next);
  put_time(object, "low", window.low);
  put_time(object, "high", window.high);
  if (stage == Stage::rows) {
    put_time(object, "stamp", at.stamp);
    object["id"] = at.id;
  }
  if (stage == Stage::deleted) object["after"] = after_id;
  if (stage == Stage::bulk) {
    object["bulk"] = {
        {"job", bulk.job}, {"version", bulk.version}, {"list", bulk.list}, {"page", bulk.page}, {"taken", bulk.taken}};
  }
  return {object.dump()};
}

Cursor ReadProgress::finished() const {
  if (!next) return {};
  return {json{{"v", kFormat}, {"since", to_text(*next)}}.dump()};
}

}  // namespace nexpo::salesforce
