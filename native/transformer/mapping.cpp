#include "transformer/mapping.hpp"

#include <algorithm>
#include <utility>

#include "transformer/page_mapper.hpp"
#include "transformer/plan.hpp"
#include "transformer/validation/page_validator.hpp"

namespace nexpo {

MappingPlan::MappingPlan(std::unique_ptr<State> state) : state_(std::move(state)) {}
MappingPlan::~MappingPlan() = default;
MappingPlan::MappingPlan(MappingPlan&&) noexcept = default;

const std::vector<std::string>& MappingPlan::source_paths() const { return state_->source_paths; }
const Shape& MappingPlan::target_fields() const { return state_->targets; }
const std::vector<bool>& MappingPlan::personal_slots() const { return state_->personal_slots; }
const std::vector<bool>& MappingPlan::personal_fields() const { return state_->personal_fields; }
bool MappingPlan::has_personal_data() const {
  return std::find(state_->personal_fields.begin(), state_->personal_fields.end(), true) !=
         state_->personal_fields.end();
}
std::string MappingPlan::hash() const { return state_->hash; }

std::string_view MappingPlan::renamed_from(std::string_view target) const {
  for (const FieldPlan& field : state_->fields) {
    if (field.target == target) return field.steps.empty() && !field.fallback ? std::string_view(field.source) : "";
  }
  return "";
}

const std::vector<RuleName>& MappingPlan::rules() const { return state_->rules; }
const std::vector<const OutsideQuery*>& MappingPlan::outside() const { return state_->outside; }

MappedBatch MappingPlan::apply(const RecordBatch& source, std::vector<Rejection> unreadable) const {
  PageMapper mapper(*state_, source, std::move(unreadable));
  mapper.run();
  const auto refuse_if = [](bool asks) {
    if (asks) throw Error(ErrorKind::internal, "a mapping that asks outside was applied as if it did not");
  };
  refuse_if(mapper.waits());
  MappedBatch mapped = mapper.finish();
  if (!state_->validates) return mapped;
  PageValidator validator(*state_, mapped);
  validator.check();
  refuse_if(!validator.references().empty());
  validator.finish();
  return mapped;
}

}  // namespace nexpo
