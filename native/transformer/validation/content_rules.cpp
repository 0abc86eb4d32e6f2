// Rules for what a value is: type, email, url, e164, date, datetime, uuid, pattern.
#include <algorithm>

#include <re2/re2.h>

#include "transformer/contact/email.hpp"
#include "transformer/contact/phone.hpp"
#include "transformer/contact/web_address.hpp"
#include "transformer/decimal.hpp"
#include "transformer/moment.hpp"
#include "transformer/validation/rule.hpp"

namespace nexpo {
namespace {

constexpr int64_t kRulePatternMemoryMax = 1 << 20;

struct NoParams {};

bool is_whole(std::string_view number) {
  Decimal exact, whole;
  if (!exact.parse(number, {})) return false;
  whole = exact;
  return whole.round(0, Rounding::down) && whole.compare(exact) == 0;
}

bool is_moment(const Value& cell, Moment::Kind kind) {
  Moment moment;
  return cell.is(ValueKind::text) && parse_iso(cell.view(), moment) && moment.kind == kind;
}

enum class TypeName : uint8_t { text, number, integer, boolean, list, object };

bool has_type(const TypeName& type, const Value& cell, std::string&) {
  switch (type) {
    case TypeName::text: return cell.is(ValueKind::text);
    case TypeName::number: return cell.is(ValueKind::number);
    case TypeName::integer: return cell.is(ValueKind::number) && is_whole(cell.view());
    case TypeName::boolean: return cell.is(ValueKind::boolean);
    case TypeName::list: return cell.is(ValueKind::json) && cell.view().starts_with('[');
    case TypeName::object: return cell.is(ValueKind::json) && cell.view().starts_with('{');
  }
  return false;
}

ValueRule compile_type(Params& params, std::string_view) {
  constexpr std::string_view kNames[] = {"text", "number", "integer", "boolean", "list", "object"};
  const std::string_view name = params.choice("type", {"text", "number", "integer", "boolean", "list", "object"});
  if (!params.has("type")) params.faults().add(params.at("type"), "this is missing", "write for example \"number\"");
  const auto place = std::find(std::begin(kNames), std::end(kNames), name) - std::begin(kNames);
  return make_rule<TypeName, has_type>(static_cast<TypeName>(place), "is no " + std::string(name));
}

bool is_email(const NoParams&, const Value& cell, std::string& scratch) {
  return cell.is(ValueKind::text) && canonical_email(cell.view(), scratch).empty() &&
         scratch.size() == cell.view().size();
}

// Canonical spelling takes more than a URL may hold; the rule does not.
bool is_url(const NoParams&, const Value& cell, std::string& scratch) {
  static const WebAddressRule kWeb;
  const auto stands_bare = [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
  };
  const std::string_view text = cell.view();
  return cell.is(ValueKind::text) && std::all_of(text.begin(), text.end(), stands_bare) &&
         canonical_web_address(text, kWeb, scratch).empty();
}

bool is_phone(const NoParams&, const Value& cell, std::string&) {
  return cell.is(ValueKind::text) && is_e164(cell.view());
}

bool is_date(const NoParams&, const Value& cell, std::string&) { return is_moment(cell, Moment::Kind::date); }
bool is_datetime(const NoParams&, const Value& cell, std::string&) { return is_moment(cell, Moment::Kind::instant); }

// RFC 9562, 4: 8-4-4-4-12 hexadecimal digits.
bool is_uuid(const NoParams&, const Value& cell, std::string&) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  const auto fits = [](char c, char form) {
    const bool hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    return form == '-' ? c == '-' : hex;
  };
  const std::string_view text = cell.view();
  return text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(), fits);
}

template <bool (*holds)(const NoParams&, const Value&, std::string&)>
ValueRule compile_form(Params&, std::string_view name) {
  return make_rule<NoParams, holds>({}, "is no " + std::string(name));
}

struct PatternRule {
  std::shared_ptr<const re2::RE2> pattern;
};

bool matches(const PatternRule& rule, const Value& cell, std::string&) {
  return re2::RE2::PartialMatch(cell.view(), *rule.pattern);
}

ValueRule compile_pattern_rule(Params& params, std::string_view) {
  re2::RE2::Options settings(re2::RE2::Quiet);
  settings.set_max_mem(kRulePatternMemoryMax);
  const std::string text = params.required_text("pattern", "write a regular expression, with ^ and $ for the edges");
  auto pattern = std::make_shared<const re2::RE2>(text, settings);
  if (!pattern->ok())
    params.faults().add(params.at("pattern"), pattern->error(), "RE2 has no look-around and no back-references");
  return make_rule<PatternRule, matches>({std::move(pattern)}, "does not match " + text);
}

constexpr RuleKind kRules[] = {{"type", compile_type},          {"email", compile_form<is_email>},
                               {"url", compile_form<is_url>},   {"e164", compile_form<is_phone>},
                               {"date", compile_form<is_date>}, {"datetime", compile_form<is_datetime>},
                               {"uuid", compile_form<is_uuid>}, {"pattern", compile_pattern_rule}};

}  // namespace

std::span<const RuleKind> content_rules() { return kRules; }

}  // namespace nexpo
