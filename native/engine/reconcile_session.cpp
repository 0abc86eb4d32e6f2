#include "engine/reconcile_session.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nexpo {

ReconcileSession::ReconcileSession(const SyncFile& file, const MappingPlan& mapping) : file_(file), mapping_(mapping) {
  both_.rules = ReconcileRules::parse(file.conflicts, file.strategy, mapping.target_fields(), "conflicts");
  both_.two_way = file.two_way;
  both_.creates_in_source = file.creates_in_source && file.two_way;
  both_.creates_in_target = file.creates_in_target;
  if (!file.two_way) {
    both_.rules.flows_back.assign(mapping.target_fields()->size(), false);
    return;
  }
  back_.emplace(BackMapping::compile(file.field_mappings, "fieldMappings"));
  both_.back = &back_->plan();
  both_.back_slots = back_->slots();
  both_.rules.flows_back = back_->flows_back();
}

Task<> ReconcileSession::open(Connection& source, Connection& target, const Schema& source_schema,
                              const Schema* target_schema, std::string target_key) {
  const std::string match = file_.match_on.empty() ? target_key : file_.match_on;
  const auto found = std::ranges::find(*mapping_.target_fields(), match);
  const std::string from(mapping_.renamed_from(match));
  if (found == mapping_.target_fields()->end() || from.empty())
    throw Error(ErrorKind::invalid,
                fmt::format("matchOn: \"{}\" is not filled by a plain rename; records of both sides are matched by a "
                            "field that holds the same value on both",
                            match))
        .with_field("matchOn");
  both_.match_slot = static_cast<size_t>(found - mapping_.target_fields()->begin());
  both_.match_source = from;
  source_ = source.source();
  target_ = target.source();
  both_.source = source_.get();
  both_.target = target_.get();
  const auto always = [](const Schema* schema, std::string_view field) {
    const FieldSchema* known = schema ? schema->find(field) : nullptr;
    return known && !known->nullable;
  };
  for (const std::string& field : *mapping_.target_fields())
    both_.always[static_cast<size_t>(Side::target)].push_back(always(target_schema, field));
  if (!file_.two_way) co_return;
  both_.always[static_cast<size_t>(Side::source)].assign(mapping_.target_fields()->size(), false);
  for (size_t i = 0; i < back_->slots().size(); ++i)
    both_.always[static_cast<size_t>(Side::source)][back_->slots()[i]] =
        always(&source_schema, (*back_->plan().target_fields())[i]);

  // An identity that the system gives out itself cannot be chosen for a new record.
  const FieldSchema* key = source_schema.find(from);
  if (key && !key->creatable && both_.creates_in_source)
    throw Error(
        ErrorKind::invalid,
        fmt::format("matchOn: {} of {} is given out by the source itself, so records that are new in the target "
                    "cannot be made there; match by an external id, or add creates: \"to_target\"",
                    from, file_.source_object))
        .with_field("matchOn");
  WritePlan write;
  write.object = file_.source_object;
  write.fields = back_->plan().target_fields();
  write.key_field = from;
  source_as_target_ = source.target();
  source_writer_ = co_await source_as_target_->open(std::move(write));
  both_.source_writer = source_writer_.get();
}

}  // namespace nexpo
