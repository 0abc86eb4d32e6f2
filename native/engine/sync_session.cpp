#include "engine/sync_session.hpp"

#include <fmt/format.h>

#include "engine/end.hpp"
#include "engine/mapping_needs.hpp"
#include "record/fingerprint.hpp"

namespace nexpo {
namespace {

/// Where records go, without secrets. A plan that points elsewhere is another sync: its links would lie.
std::string binding_of(const SyncFile& file, const Connection& source, const Connection& target) {
  const nlohmann::json ends{source.identity(), file.source_object, target.identity(), file.target_object};
  const std::string text = ends.dump();
  const Value cell = Value::text(text);
  return fmt::format("{:02x}", fmt::join(fingerprint_of({&cell, 1}).bytes, ""));
}

}  // namespace

SyncSession::SyncSession(Runtime& runtime, SyncFile file, const RunControl& control)
    : runtime_(runtime),
      file_(std::move(file)),
      mapping_(MappingPlan::compile(file_.field_mappings, "fieldMappings",
                                    options_of(runtime, file_.needs, file_.validation))) {
  // A system that is written to finishes the page in flight when the run is stopped.
  const CancelToken& reading = file_.two_way ? control.abort : control.stop;
  source_connection_ = connect_end(runtime, file_.source, "source", file_.id + "/source", reading);
  target_connection_ = connect_end(runtime, file_.target, "target", file_.id + "/target", control.abort);
  if (!mapping_.outside().empty()) {
    desk_ = std::make_unique<OutsideDesk>(runtime, file_.needs, file_.id + "/lookup", control.stop);
    desk_->serve(mapping_);
  }
  source_ = source_connection_->source();
  target_ = target_connection_->target();
  plan_.sync_id = file_.id;
  plan_.source_object = file_.source_object;
  plan_.target_object = file_.target_object;
  plan_.mapping = &mapping_;
  plan_.strategy = file_.strategy;
  plan_.deletes = file_.deletes;
  plan_.breaker = file_.breaker;
  plan_.limits = file_.limits;
  plan_.plan_hash = binding_of(file_, *source_connection_, *target_connection_) + ":" + mapping_.hash();
  if (!file_.reconciles()) return;
  reconcile_ = std::make_unique<ReconcileSession>(file_, mapping_);
  plan_.reconciliation = &reconcile_->both();
}

uint64_t SyncSession::calls() const {
  return source_connection_->calls() + target_connection_->calls() + (desk_ ? desk_->calls() : 0);
}

std::optional<Quota> SyncSession::quota() const {
  const std::optional<Quota> source = source_connection_->quota(), target = target_connection_->quota();
  if (!source || !target) return source ? source : target;
  return source->used * target->max >= target->used * source->max ? source : target;
}

Task<> SyncSession::describe() {
  source_schema_ = co_await source_->describe(file_.source_object);
  auto described = co_await attempt(target_->describe(file_.target_object));
  if (described.index() == 0) {
    target_schema_ = std::get<0>(std::move(described));
  } else if (std::get<1>(described).kind() != ErrorKind::invalid) {
    throw std::get<1>(described);
  }
}

/// The data key is made when it is needed first, and looked for where something may have been sealed before.
Task<> SyncSession::open_personal() {
  std::string name = "sync/" + file_.id;
  DataKeys::Key key;
  if (mapping_.has_personal_data())
    key = co_await runtime_.data_keys->get_or_make(std::move(name));
  else
    key = co_await runtime_.data_keys->find(std::move(name));
  personal_ = std::make_unique<const PersonalData>(mapping_, std::move(key));
  const std::vector<std::string>& paths = mapping_.source_paths();
  for (size_t slot = 0; slot < paths.size(); ++slot)
    if (mapping_.personal_slots()[slot] && paths[slot] == source_schema_.key_field)
      warnings_.push_back(
          fmt::format("fieldMappings: {} is marked pii and is the key of {}; keys are kept and shown as they are",
                      paths[slot], file_.source_object));
}

Task<> SyncSession::open(bool dry) {
  co_await describe();
  warnings_ = mapping_.check(&source_schema_, target_schema(), "fieldMappings");
  if (desk_) {
    const std::vector<std::string> more = co_await desk_->check();
    warnings_.insert(warnings_.end(), more.begin(), more.end());
  }
  co_await open_personal();
  if (reconcile_ && !target_schema_ && dry)
    throw Error(ErrorKind::invalid,
                fmt::format("targetObject: \"{}\" does not exist yet, and there is nothing to compare "
                            "with; run the sync once",
                            file_.target_object))
        .with_field("targetObject");
  if (dry && !target_schema_) co_return;
  WritePlan write;
  write.object = file_.target_object;
  write.fields = mapping_.target_fields();
  for (const std::string& field : *write.fields)
    if (mapping_.renamed_from(field) == source_schema_.key_field) write.key_field = field;
  if (!file_.match_on.empty()) write.key_field = file_.match_on;
  write.hints = mapping_.target_hints(&source_schema_);
  writer_ = co_await target_->open(std::move(write));
  const std::string_view key = mapping_.renamed_from(writer_->key_field());
  plan_.key_is_identity = !key.empty() && key == source_schema_.key_field;
  if (reconcile_)
    co_await reconcile_->open(*source_connection_, *target_connection_, source_schema_, target_schema(),
                              writer_->key_field());
}

}  // namespace nexpo
