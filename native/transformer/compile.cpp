#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/format.h>
#include <xxhash.h>

#include "base/error.hpp"
#include "record/path.hpp"
#include "transformer/lookups.hpp"
#include "transformer/outside_steps.hpp"
#include "transformer/plan.hpp"

namespace nexpo {
namespace {

constexpr size_t kFieldsMax = 5'000;
constexpr size_t kStepsMax = 50;

// Turns the configuration into a plan and gathers all faults on the way.
class Compiler {
 public:
  Compiler(const nlohmann::json& mappings, std::string_view at, const MappingOptions& options)
      : mappings_(mappings), at_(at), options_(options) {}

  void run(std::vector<FieldPlan>& fields, std::vector<std::string>& source_paths, Arena& memory) {
    paths_ = &source_paths;
    memory_ = &memory;
    if (!mappings_.is_array() || mappings_.empty() || mappings_.size() > kFieldsMax) {
      faults_.add(at_, fmt::format("this must be a list of 1 to {} field mappings", kFieldsMax),
                  "write [{\"source\": \"Name\", \"target\": \"name\"}, ...]");
      faults_.throw_if_any();
    }
    for (size_t i = 0; i < mappings_.size(); ++i) fields.push_back(field(mappings_[i], fmt::format("{}[{}]", at_, i)));
    faults_.throw_if_any();
  }

 private:
  FieldPlan field(const nlohmann::json& json, const std::string& at) {
    Params params(json, at, faults_);
    FieldPlan plan;
    plan.at = at;
    if (!json.is_object()) return plan;
    plan.source = params.required_text("source", "write the path of the source field");
    plan.target = params.required_text("target", "write the name of the target field");
    reads_ = &plan.reads;
    plan.slot = slot_of(plan.source, params.at("source"));
    if (!plan.target.empty() && !targets_.insert(plan.target).second) {
      faults_.add(params.at("target"), fmt::format("`{}` is filled by an earlier mapping", plan.target),
                  "leave one of them out");
    }
    if (const nlohmann::json* json_steps = params.find("transformation")) {
      transformations(*json_steps, params.at("transformation"), plan.steps);
    }
    plan.required = params.flag("required", false);
    plan.personal = params.flag("pii", false);
    for (const std::string_view key : {"direction", "reverse"}) params.find(key);  // sync/two_way/back_mapping.hpp
    if (const nlohmann::json* fallback = params.find("defaultValue"); fallback && !fallback->is_null()) {
      plan.fallback = value_of(*fallback, *memory_);
    }
    error_policy(params, plan);
    if (const nlohmann::json* rules = params.find("validate"))
      plan.rules = compile_value_rules(*rules, params.at("validate"), faults_);
    plan.plain = plan.steps.empty() && !plan.required && !plan.fallback;
    params.finish();
    return plan;
  }

  void error_policy(Params& params, FieldPlan& plan) {
    const std::string_view named = params.choice("onError", {"fail_record", "null", "skip_field", "keep"});
    plan.on_error = named == "null"         ? OnError::null
                    : named == "skip_field" ? OnError::skip_field
                    : named == "keep"       ? OnError::keep
                                            : OnError::fail_record;
    if (params.has("onError")) return;
    if (plan.fallback) plan.on_error = OnError::fallback;
    if (plan.fallback || plan.required) return;
    const auto risky =
        std::find_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.can_fail; });
    if (risky == plan.steps.end()) return;
    faults_.add(params.at("transformation"),
                fmt::format("`{}` can fail, and nothing says what happens then", risky->name),
                "add onError (fail_record, null, skip_field or keep), required: true, or a defaultValue");
  }

  // {type, params}, or a list of them.
  void transformations(const nlohmann::json& json, const std::string& at, std::vector<Step>& steps) {
    if (!json.is_array()) return transformation(json, at, steps);
    for (size_t i = 0; i < json.size(); ++i) transformation(json[i], fmt::format("{}[{}]", at, i), steps);
  }

  void transformation(const nlohmann::json& json, const std::string& at, std::vector<Step>& steps) {
    Params params(json, at, faults_);
    const std::string type = params.required_text("type", "write format, lookup, calculate or custom");
    const nlohmann::json* inner = params.find("params");
    params.finish();
    if (type.empty()) return;
    if (type != "format" && type != "lookup" && type != "custom" && type != "calculate") {
      faults_.add(params.at("type"), fmt::format("`{}` is no type of transformation", type),
                  suggestion(type, {"format", "lookup", "calculate", "custom"}));
    } else if (!inner) {
      faults_.add(params.at("params"), "this is missing", example_of(type));
    } else if (type == "lookup") {
      lookup(*inner, params.at("params"), steps);
    } else if (type == "custom") {
      compile_into(steps, *inner, params.at("params"), compile_custom);
    } else if (type == "calculate") {
      compile_into(steps, *inner, params.at("params"), compile_calculate);
    } else {
      format(*inner, params.at("params"), steps);
    }
  }

  static std::string_view example_of(std::string_view type) {
    if (type == "custom") return "write {\"function\": \"name\"}";
    if (type == "calculate") return "write {\"expression\": \"record.Amount * 2\"}";
    return type == "format" ? "write for example {\"trim\": true}" : "write {\"table\": {...}}";
  }

  // One of four kinds, told apart by the member that says where the answer is.
  void lookup(const nlohmann::json& json, const std::string& at, std::vector<Step>& steps) {
    constexpr std::array<std::pair<const char*, Step (*)(CompileContext&)>, 4> kKinds{{
        {"table", compile_inline_lookup},
        {"stored", compile_stored_lookup},
        {"from", compile_record_lookup},
        {"link", compile_link_lookup},
    }};
    const auto is_there = [&](const auto& kind) { return json.is_object() && json.contains(kind.first); };
    if (std::count_if(kKinds.begin(), kKinds.end(), is_there) != 1) {
      faults_.add(at, "a lookup is in one of `table`, `stored`, `from` and `link`", example_of("lookup"));
      return;
    }
    compile_into(steps, json, at, std::find_if(kKinds.begin(), kKinds.end(), is_there)->second);
  }

  void compile_into(std::vector<Step>& steps, const nlohmann::json& json, const std::string& at,
                    Step (*compile)(CompileContext&)) {
    Params params(json, at, faults_);
    const SlotOf slots = [&](const std::string& path) { return slot_of(path, at); };
    CompileContext context{params, slots, *memory_, options_};
    keep(compile(context), at, steps);
  }

  // One step, or {steps: [step, ...]}.
  void format(const nlohmann::json& json, const std::string& at, std::vector<Step>& steps) {
    if (!json.is_object() || !json.contains("steps")) return step(json, at, steps);
    Params params(json, at, faults_);
    const nlohmann::json& list = *params.find("steps");
    params.finish();
    if (!list.is_array()) {
      faults_.add(params.at("steps"), "this must be a list", "write [{\"trim\": true}, {\"case\": \"upper\"}]");
      return;
    }
    for (size_t i = 0; i < list.size(); ++i) step(list[i], fmt::format("{}[{}]", params.at("steps"), i), steps);
  }

  // {name: options}
  void step(const nlohmann::json& json, const std::string& at, std::vector<Step>& steps) {
    if (!json.is_object() || json.size() != 1) {
      faults_.add(at, "a step is an object with one member, the name of a function",
                  "write {\"trim\": true}; for more than one step write {\"steps\": [{...}, {...}]}");
      return;
    }
    const std::string& name = json.begin().key();
    const Function* function = find_function(name);
    if (!function) {
      faults_.add(at, fmt::format("`{}` is no function", name), suggestion(name, function_names()));
      return;
    }
    Params params(json, at, faults_);
    const SlotOf slots = [&](const std::string& path) { return slot_of(path, at); };
    CompileContext context{params, slots, *memory_, options_};
    Step made = function->compile(context, name);
    made.name = function->name;
    made.describe = [type = function->output, inner = std::move(made.describe)](FieldSchema& field) {
      if (type) field.type = *type;
      inner(field);
    };
    keep(std::move(made), at, steps);
  }

  void keep(Step made, const std::string& at, std::vector<Step>& steps) {
    if (!made.run && !made.outside) return;
    if (steps.size() == kStepsMax)
      faults_.add(at, fmt::format("a field has more than {} steps", kStepsMax), "leave some out");
    if (steps.size() < kStepsMax) steps.push_back(std::move(made));
  }

  uint32_t slot_of(const std::string& path, const std::string& at) {
    if (path.empty()) return 0;
    const auto known = std::find(paths_->begin(), paths_->end(), path);
    reads_->push_back(static_cast<uint32_t>(known - paths_->begin()));
    if (known != paths_->end()) return reads_->back();
    if (const std::string fault = path_fault(path); !fault.empty())
      faults_.add(at, fault, "names are parted by dots, odd ones are quoted");
    paths_->push_back(path);
    return reads_->back();
  }

  const nlohmann::json& mappings_;
  std::string at_;
  const MappingOptions& options_;
  Faults faults_;
  std::vector<std::string>* paths_ = nullptr;
  std::vector<uint32_t>* reads_ = nullptr;  ///< slots of the field at hand
  Arena* memory_ = nullptr;
  std::unordered_set<std::string> targets_;
};

/// What a marked field reads is personal, whoever else reads it.
void mark_personal(MappingPlan::State& state) {
  state.personal_slots.resize(state.source_paths.size());
  for (const FieldPlan& field : state.fields)
    for (const uint32_t slot : field.reads)
      if (field.personal) state.personal_slots[slot] = true;
  for (FieldPlan& field : state.fields) {
    field.personal = field.personal || std::any_of(field.reads.begin(), field.reads.end(),
                                                   [&](uint32_t slot) { return state.personal_slots[slot]; });
    state.personal_fields.push_back(field.personal);
  }
}

/// What is counted, and whom the steps ask.
void list_rules(MappingPlan::State& state) {
  for (FieldPlan& field : state.fields) {
    field.step_rules.resize(field.steps.size());
    for (size_t i = 0; i < field.steps.size(); ++i) {
      const Step& step = field.steps[i];
      if (!step.outside) continue;
      field.step_rules[i] = state.add_rule(step.outside->query.at, std::string(step.name));
      state.outside.push_back(&step.outside->query);
    }
    const bool can_fail =
        std::any_of(field.steps.begin(), field.steps.end(), [](const Step& step) { return step.can_fail; });
    field.is_counted = can_fail && field.on_error != OnError::fail_record;
    if (field.is_counted) field.rule = state.add_rule(field.at, "onError");
    for (ValueRule& rule : field.rules) {
      rule.head.count = state.add_rule(rule.head.at, std::string(rule.head.name));
      if (rule.question) state.outside.push_back(rule.question.get());
    }
    state.validates |= !field.rules.empty();
  }
  for (RecordRule& rule : state.record_rules)
    rule.head.count = state.add_rule(rule.head.at, std::string(rule.head.name));
  state.validates |= !state.record_rules.empty();
}

std::string hash_of(const nlohmann::json& json) {
  const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

/// The mapping alone, or with the tables that it reads, which change what it gives, and the rules for whole records.
std::string hash_of(const nlohmann::json& mappings, const MappingOptions& options) {
  nlohmann::json read = nlohmann::json::object();
  for (const std::string& id : stored_tables(mappings))
    if (const nlohmann::json* table = find_table(options, id)) read[id] = *table;
  nlohmann::json all = nlohmann::json::array({mappings});
  if (!read.empty()) all.push_back(read);
  if (options.validation && !options.validation->empty()) all.push_back({{"validation", *options.validation}});
  return hash_of(all.size() == 1 ? mappings : all);
}

}  // namespace

MappingPlan MappingPlan::compile(const nlohmann::json& field_mappings, std::string_view at,
                                 const MappingOptions& options) {
  auto state = std::make_unique<State>();
  Compiler(field_mappings, at, options).run(state->fields, state->source_paths, *state->memory);
  std::vector<std::string> targets;
  for (const FieldPlan& field : state->fields) targets.push_back(field.target);
  state->targets = std::make_shared<const std::vector<std::string>>(std::move(targets));
  mark_personal(*state);
  if (options.validation && !options.validation->is_null()) {
    Faults faults;
    state->record_rules = compile_record_rules(*options.validation, "validation", *state->targets, faults);
    faults.throw_if_any();
  }
  list_rules(*state);
  state->hash = hash_of(field_mappings, options);
  return MappingPlan(std::move(state));
}

}  // namespace nexpo
