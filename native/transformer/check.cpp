// Checks a plan against what both systems say, and tells a target what to expect.
#include <algorithm>

#include <fmt/format.h>

#include "record/path.hpp"
#include "transformer/plan.hpp"

namespace nexpo {
namespace {

enum class Fit { yes, perhaps, no };

// Whether values of one type can stand in a field of another one without a step in between.
Fit fit(FieldType from, FieldType to) {
  if (from == to || to == FieldType::text) return Fit::yes;
  const auto is_text = [](FieldType type) { return type == FieldType::text || type == FieldType::reference; };
  if (is_text(from) && is_text(to)) return Fit::yes;
  if (from == FieldType::integer && to == FieldType::number) return Fit::yes;
  if (from == FieldType::number && to == FieldType::integer) return Fit::perhaps;
  if (to == FieldType::reference && from == FieldType::integer) return Fit::yes;
  if (from == FieldType::reference && to == FieldType::integer) return Fit::perhaps;
  if ((from == FieldType::text && (to == FieldType::json || to == FieldType::binary))) return Fit::perhaps;
  return Fit::no;
}

std::string fix_for(FieldType to) {
  switch (to) {
    case FieldType::number:
    case FieldType::integer: return "add the format step `number`";
    case FieldType::boolean: return "add the format step `boolean`";
    case FieldType::date: return "add the format step `date` with format: \"date\"";
    case FieldType::datetime: return "add the format step `date` with format: \"datetime\"";
    default: return "map another field, or add a step that makes it";
  }
}

size_t characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

const FieldSchema* source_field(const FieldPlan& field, const Schema* source) {
  return source ? source->find(column_name(parse_path(field.source))) : nullptr;
}

class Checker {
 public:
  Checker(const Schema* source, const Schema* target) : source_(source), target_(target) {}

  std::vector<std::string> run(const MappingPlan::State& plan, std::string_view at) {
    if (source_) check_paths(plan);
    if (target_) {
      for (const FieldPlan& field : plan.fields) check_target(field);
      check_required(plan, at);
    }
    faults_.throw_if_any();
    return std::move(warnings_);
  }

 private:
  static std::vector<std::string_view> names_of(const Schema& schema) {
    std::vector<std::string_view> names;
    for (const FieldSchema& field : schema.fields) names.push_back(field.name);
    return names;
  }
  void warn(const std::string& at, std::string_view text) { warnings_.push_back(fmt::format("{}: {}", at, text)); }

  void check_paths(const MappingPlan::State& plan) {
    for (const std::string& text : plan.source_paths) {
      const auto owner = std::find_if(plan.fields.begin(), plan.fields.end(),
                                      [&](const FieldPlan& field) { return field.source == text; });
      const bool in_template = owner == plan.fields.end();
      check_path(text, in_template ? "the template's field " + text : owner->at + ".source");
    }
  }

  void check_path(const std::string& text, const std::string& at) {
    const Path path = parse_path(text);
    if (source_->find(path.front().name)) return;
    if (const std::string column = column_name(path); !column.empty() && source_->find(column)) return;
    if (path.size() > 1) {
      return warn(at,
                  fmt::format("`{}` goes beyond what {} tells about itself and is not checked", text, source_->object));
    }
    faults_.add(at, fmt::format("`{}` is no field of {}", text, source_->object), suggestion(text, names_of(*source_)));
  }

  void check_target(const FieldPlan& field) {
    const FieldSchema* target = target_->find(field.target);
    const std::string at = field.at + ".target";
    if (!target) {
      faults_.add(at, fmt::format("`{}` is no field of {}", field.target, target_->object),
                  suggestion(field.target, names_of(*target_)));
      return;
    }
    if (std::find(seen_.begin(), seen_.end(), target) != seen_.end()) {
      faults_.add(at, fmt::format("`{}` is filled by an earlier mapping", target->name), "leave one of them out");
    }
    seen_.push_back(target);
    if (!target->creatable && !target->updatable) {
      faults_.add(at, fmt::format("`{}` is read-only in {}", target->name, target_->object), "leave the mapping out");
    } else if (!target->updatable) {
      warn(at, fmt::format("`{}` can be set on new records only", target->name));
    }
    check_type(field, *target);
    check_constants(field, *target);
    fill_picklists(field, *target);
    if (!target->nullable && !field.required && !field.fallback) {
      warn(field.at,
           fmt::format("`{}` may not be empty in {}: add required or a defaultValue", target->name, target_->object));
    }
  }

  void check_type(const FieldPlan& field, const FieldSchema& target) {
    const bool known = source_field(field, source_) != nullptr || !field.steps.empty();
    if (!known) return;
    const FieldSchema given = describe(field, source_);
    const std::string sentence = fmt::format("{} gives {}, and `{}` takes {}", field.source, name_of(given.type),
                                             target.name, name_of(target.type));
    const Fit fits = fit(given.type, target.type);
    if (fits == Fit::no) return faults_.add(field.at, sentence, fix_for(target.type));
    if (fits == Fit::perhaps) return warn(field.at, sentence + ": values that do not fit will be refused");
    if (target.type == FieldType::text && given.length_max && target.length_max &&
        *given.length_max > *target.length_max) {
      warn(field.at,
           fmt::format(
               "{} has up to {} characters, and `{}` takes {}: add the format step `truncate` to cut longer ones",
               field.source, *given.length_max, target.name, *target.length_max));
    }
    if (given.scale && target.scale && *given.scale > *target.scale) {
      warn(field.at, fmt::format("{} has {} digits behind the point, and `{}` takes {}", field.source, *given.scale,
                                 target.name, *target.scale));
    }
  }

  // Default values and what a table gives are known in full: each of them has to fit.
  void check_constants(const FieldPlan& field, const FieldSchema& target) {
    if (field.fallback) check_constant(field.at + ".defaultValue", field.fallback->view(), target);
    if (field.steps.empty()) return;
    for (const std::string& text : field.steps.back().outcomes)
      check_constant(field.at + ".transformation", text, target);
  }

  // A rule that waits for the target's values gets them.
  void fill_picklists(const FieldPlan& field, const FieldSchema& target) {
    for (const ValueRule& rule : field.rules) {
      if (!rule.picklist) continue;
      if (target.values.empty()) {
        warn(rule.head.at, fmt::format("{} restricts the values of `{}` to none, so the rule checks nothing",
                                       target_->object, target.name));
      } else {
        rule.picklist->fill(target.values, target.native_type == "multipicklist" ? ';' : '\0');
      }
    }
  }

  void check_constant(const std::string& at, std::string_view text, const FieldSchema& target) {
    if (target.length_max && target.type == FieldType::text &&
        characters(text) > static_cast<size_t>(*target.length_max)) {
      faults_.add(at,
                  fmt::format("`{}` has {} characters, and `{}` takes {}", text, characters(text), target.name,
                              *target.length_max),
                  "write a shorter text");
    }
    if (!target.values.empty() && std::find(target.values.begin(), target.values.end(), text) == target.values.end()) {
      const std::vector<std::string_view> allowed(target.values.begin(), target.values.end());
      faults_.add(at, fmt::format("`{}` is not a value that `{}` takes", text, target.name), suggestion(text, allowed));
    }
  }

  void check_required(const MappingPlan::State& plan, std::string_view at) {
    for (const FieldSchema& target : target_->fields) {
      if (!target.required || !target.creatable || std::find(seen_.begin(), seen_.end(), &target) != seen_.end())
        continue;
      faults_.add(fmt::format("{}[{}]", at, plan.fields.size()),
                  fmt::format("`{}` is required in {}, and no mapping fills it", target.name, target_->object),
                  "add a mapping");
    }
  }

  const Schema* source_;
  const Schema* target_;
  Faults faults_;
  std::vector<std::string> warnings_;
  std::vector<const FieldSchema*> seen_;
};

}  // namespace

FieldSchema describe(const FieldPlan& field, const Schema* source) {
  FieldSchema made;
  if (const FieldSchema* known = source_field(field, source)) {
    made.type = known->type;
    made.length_max = known->length_max;
    made.precision = known->precision;
    made.scale = known->scale;
  }
  for (const Step& step : field.steps) step.describe(made);
  made.name = field.target;
  made.nullable = !field.required && !field.fallback;
  made.required = field.required;
  return made;
}

std::vector<std::string> MappingPlan::check(const Schema* source, const Schema* target, std::string_view at) const {
  return Checker(source, target).run(*state_, at);
}

std::vector<FieldSchema> MappingPlan::target_hints(const Schema* source) const {
  std::vector<FieldSchema> hints;
  for (const FieldPlan& field : state_->fields) hints.push_back(describe(field, source));
  return hints;
}

}  // namespace nexpo
