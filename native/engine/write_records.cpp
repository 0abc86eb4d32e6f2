// end.write: records of the host program into one object, with one result each.
#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/end.hpp"
#include "engine/end_methods.hpp"
#include "record/json.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

/// What became of one record.
struct RowOutcome {
  Outcome outcome = Outcome::unchanged;
  std::string target_key;
  Rejection rejection;
};

/// A field's name as a path of one step, whatever characters are in it.
std::string path_of(const std::string& name) {
  std::string path = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') path += '\\';
    path += c;
  }
  return path + '"';
}

RecordBatch decode(std::string text, const std::vector<std::string>& fields) {
  std::vector<std::string> paths;
  paths.reserve(fields.size());
  for (const std::string& field : fields) paths.push_back(path_of(field));
  const Selection selection(std::move(paths));
  auto arena = std::make_shared<Arena>();
  RecordBatch rows(selection.shape(), arena);
  JsonDecoder().decode_page(arena->adopt(std::move(text)), "", selection, rows);
  return rows;
}

/// Those of `rows` that `places` names, over the plain names of the fields.
RecordBatch pick(const RecordBatch& rows, const std::vector<size_t>& places, const Shape& shape, size_t key) {
  RecordBatch picked(shape, std::make_shared<Arena>());
  picked.arena()->keep(rows.arena());
  picked.reserve(places.size());
  for (const size_t place : places) {
    RowHead head;
    head.key = rows.row(place)[key].view();
    const std::span<Value> cells = picked.add(head);
    std::ranges::copy(rows.row(place), cells.begin());
  }
  return picked;
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::created: return "created";
    case Outcome::updated: return "updated";
    case Outcome::unchanged: return "unchanged";
    case Outcome::deleted: return "deleted";
    case Outcome::rejected: return "rejected";
  }
  return "";
}

std::string text_of(const std::vector<RowOutcome>& outcomes) {
  json list = json::array();
  for (size_t row = 0; row < outcomes.size(); ++row) {
    const RowOutcome& one = outcomes[row];
    json result{{"index", row}, {"outcome", name_of(one.outcome)}, {"targetKey", one.target_key}};
    if (one.outcome == Outcome::rejected)
      result["error"] = {{"code", one.rejection.code},
                         {"message", one.rejection.message},
                         {"field", one.rejection.field},
                         {"retryable", one.rejection.retryable}};
    list.push_back(std::move(result));
  }
  return json{{"results", std::move(list)}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// One call's records on their way. A writer takes no key twice in a batch, so a record whose key came before waits for
/// the next round: the last one of a key holds, as the caller's order says.
class RecordsWrite {
 public:
  RecordsWrite(RecordBatch rows, std::vector<std::string> fields, std::string key_field)
      : rows_(std::move(rows)), outcomes_(rows_.size()), key_field_(std::move(key_field)) {
    key_ = static_cast<size_t>(std::ranges::find(fields, key_field_) - fields.begin());
    shape_ = std::make_shared<const std::vector<std::string>>(std::move(fields));
    std::unordered_map<std::string_view, size_t> times;
    for (size_t row = 0; row < rows_.size(); ++row) {
      const std::string_view key = rows_.row(row)[key_].view();
      if (key.empty()) {
        Rejection missing{row, "key_missing", "the field that records are matched by has no value", key_field_, false};
        outcomes_[row] = {Outcome::rejected, "", std::move(missing)};
        continue;
      }
      const size_t round = times[key]++;
      if (round == rounds_.size()) rounds_.emplace_back();
      rounds_[round].push_back(row);
    }
  }

  const Shape& shape() const { return shape_; }

  /// Throws only if nothing was written; a later round that fails as a whole is a rejection of each of its records.
  Task<> run(Writer& writer) {
    for (size_t round = 0; round < rounds_.size(); ++round) {
      const RecordBatch batch = pick(rows_, rounds_[round], shape_, key_);
      auto written = co_await attempt(writer.write(batch));
      if (const Error* error = std::get_if<Error>(&written)) {
        if (round == 0) throw Error(*error);
        refuse(rounds_[round], *error);
      } else {
        take(rounds_[round], std::move(std::get<BatchReceipt>(written)));
      }
    }
  }

  std::vector<RowOutcome>& outcomes() { return outcomes_; }

 private:
  void take(const std::vector<size_t>& places, BatchReceipt receipt) {
    for (size_t i = 0; i < places.size(); ++i) {
      RowOutcome& to = outcomes_[places[i]];
      to.outcome = receipt.receipts.at(i).outcome;
      to.target_key = std::move(receipt.receipts[i].target_key);
      if (to.target_key.empty() && to.outcome != Outcome::rejected) to.target_key = rows_.row(places[i])[key_].view();
    }
    for (Rejection& one : receipt.rejections) outcomes_[places.at(one.row)].rejection = std::move(one);
  }

  void refuse(const std::vector<size_t>& places, const Error& error) {
    for (const size_t row : places) {
      Rejection why{row, error.code().empty() ? std::string(nexpo::name_of(error.kind())) : error.code(),
                    error.message(), error.field(), error.retryable()};
      outcomes_[row] = {Outcome::rejected, "", std::move(why)};
    }
  }

  RecordBatch rows_;
  std::vector<RowOutcome> outcomes_;
  std::string key_field_;
  size_t key_ = 0;
  Shape shape_;
  std::vector<std::vector<size_t>> rounds_;
};

void check(const std::vector<std::string>& fields, const std::string& key_field, const CallBody& call) {
  if (std::ranges::find(fields, key_field) == fields.end())
    throw Error(ErrorKind::invalid, fmt::format("keyField: no record has the field \"{}\"", key_field))
        .with_field("keyField");
  const std::string mode = call.optional_text("mode").value_or("upsert");
  if (mode != "upsert")
    throw Error(ErrorKind::invalid, fmt::format("mode: \"{}\" is not known; known is upsert", mode)).with_field("mode");
}

}  // namespace

Task<std::string> write_records(Runtime& runtime, json body) {
  const CallBody call(body);
  std::vector<std::string> fields = call.names("fields");
  const std::string key_field = call.text("keyField");
  check(fields, key_field, call);
  std::string text = call.text("records");
  body.erase("records");
  End end = co_await End::open(runtime, body, "end");

  auto decode_records = [&] { return decode(std::move(text), fields); };
  RecordBatch rows = co_await runtime.workers.run(std::move(decode_records));
  if (rows.size() > static_cast<size_t>(kCallRecordsMax))
    throw Error(ErrorKind::invalid, fmt::format("records: {} are too many for one call; the most is {}, and a sync "
                                                "takes any number",
                                                rows.size(), kCallRecordsMax))
        .with_field("records");
  RecordsWrite records(std::move(rows), fields, key_field);
  const std::unique_ptr<Target> target = end.connection().target();
  WritePlan plan;
  plan.object = call.text("object");
  plan.fields = records.shape();
  plan.key_field = key_field;
  const std::unique_ptr<Writer> writer = co_await target->open(std::move(plan));
  co_await records.run(*writer);
  auto answer = [&] { return text_of(records.outcomes()); };
  co_return co_await runtime.workers.run(std::move(answer));
}

}  // namespace nexpo
