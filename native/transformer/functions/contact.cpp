// How people and companies are reached: email, phone, url, each in the one spelling that compares.
#include <algorithm>

#include <fmt/format.h>

#include "transformer/contact/calling_codes.hpp"
#include "transformer/contact/email.hpp"
#include "transformer/contact/phone.hpp"
#include "transformer/contact/web_address.hpp"
#include "transformer/function.hpp"
#include "transformer/text_source.hpp"

namespace nexpo {
namespace {

bool keep_canonical(std::string_view fault, Value& cell, StepContext& context) {
  if (!fault.empty()) {
    context.fault = fault;
    return false;
  }
  cell = Value::text(context.scratch == cell.view() ? cell.view() : context.arena.copy(context.scratch));
  return true;
}

struct EmailRule {};

bool to_email(const EmailRule&, Value& cell, StepContext& context) {
  return keep_canonical(canonical_email(cell.view(), context.scratch), cell, context);
}

Step compile_email(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  options.finish();
  Step step = make_step<EmailRule, to_email>({});
  step.can_fail = true;
  return step;
}

constexpr int kE164Characters = 16;

struct PhoneRule {
  TextSource country;
};

bool to_phone(const PhoneRule& rule, Value& cell, StepContext& context) {
  return keep_canonical(canonical_phone(cell.view(), rule.country.of(context), context.scratch), cell, context);
}

Step compile_phone(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  PhoneRule rule{TextSource::read(options, "country", context.slot_of)};
  options.finish();
  if (!rule.country.text.empty() && !CallingCountry::find(rule.country.text)) {
    options.faults().add(options.at("country"), fmt::format("`{}` is no country that is known here", rule.country.text),
                         "write its two letters (ISO 3166-1), or leave it out and have numbers with +");
  }
  Step step = make_step<PhoneRule, to_phone>(std::move(rule));
  step.can_fail = true;
  step.describe = [](FieldSchema& field) { field.length_max = kE164Characters; };
  return step;
}

bool to_url(const WebAddressRule& rule, Value& cell, StepContext& context) {
  return keep_canonical(canonical_web_address(cell.view(), rule, context.scratch), cell, context);
}

void check_scheme(Params& options, std::string_view key, std::string_view scheme) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-'; };
  if (!scheme.empty() && std::all_of(scheme.begin(), scheme.end(), allowed)) return;
  options.faults().add(options.at(key), fmt::format("`{}` is no scheme", scheme), "write for example \"https\"");
}

Step compile_url(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  WebAddressRule rule;
  if (options.has("schemes")) rule.schemes = options.texts("schemes");
  for (const std::string& scheme : rule.schemes) check_scheme(options, "schemes", scheme);
  rule.default_scheme = options.text("defaultScheme", "");
  if (options.has("defaultScheme")) {
    check_scheme(options, "defaultScheme", rule.default_scheme);
    if (std::find(rule.schemes.begin(), rule.schemes.end(), rule.default_scheme) == rule.schemes.end())
      options.faults().add(options.at("defaultScheme"), "this is none of the schemes that are taken",
                           "add it to `schemes`");
  }
  rule.keeps_fragment = options.choice("fragment", {"keep", "drop"}) == "keep";
  options.finish();
  Step step = make_step<WebAddressRule, to_url>(std::move(rule));
  step.can_fail = true;
  step.describe = [](FieldSchema& field) { field.length_max.reset(); };
  return step;
}

constexpr Function kFunctions[] = {{"email", FieldType::text, compile_email},
                                   {"phone", FieldType::text, compile_phone},
                                   {"url", FieldType::text, compile_url}};

}  // namespace

std::span<const Function> contact_functions() { return kFunctions; }

}  // namespace nexpo
