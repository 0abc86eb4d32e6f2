// date: texts and epoch numbers to dates and instants, in ISO 8601 or by a pattern, cut and moved on the way.
#include <charconv>

#include <fmt/format.h>

#include "transformer/date_change.hpp"
#include "transformer/date_pattern.hpp"
#include "transformer/function.hpp"
#include "transformer/zone.hpp"

namespace nexpo {
namespace {

enum class Input { iso, epoch_seconds, epoch_millis, pattern };
enum class Output { iso, date, datetime, pattern };

struct InputForm {
  Input kind;
  DatePattern pattern;
};

struct DateRule {
  std::vector<InputForm> inputs;
  Output output = Output::iso;
  DatePattern pattern;
  std::optional<Zone> zone;     ///< of wall clocks that are read, and of days
  std::optional<Zone> to_zone;  ///< of wall clocks that are written
  DateChange change;

  const Zone* zone_of_output() const { return to_zone ? &*to_zone : zone ? &*zone : nullptr; }
};

Moment in_zone(const Moment& instant, const Zone& zone) { return instant.at_offset(zone.offset_at(instant)); }

bool fail(StepContext& context, std::string_view fault) {
  context.fault = fault;
  return false;
}

bool anchor(Moment& moment, const Zone& zone, StepContext& context) {
  moment.offset = zone.offset_on_wall(moment);
  moment.kind = Moment::Kind::instant;
  return moment.is_valid() || fail(context, "is outside the years 1 to 9999 of UTC");
}

bool parse_epoch(std::string_view text, int64_t units, Moment& moment) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  const int64_t seconds = count / units - (count % units < 0 ? 1 : 0);
  moment = Moment();
  if (!moment_at(seconds, Moment::Kind::instant, 0, moment)) return false;
  moment.nanos = static_cast<uint32_t>((count - seconds * units) * (1'000'000'000 / units));
  return true;
}

bool parse_by(const InputForm& form, std::string_view text, Moment& moment) {
  switch (form.kind) {
    case Input::iso: return parse_iso(text, moment);
    case Input::epoch_seconds: return parse_epoch(text, 1, moment);
    case Input::epoch_millis: return parse_epoch(text, 1'000, moment);
    case Input::pattern: return form.pattern.parse(text, moment);
  }
  return false;
}

// A day and an instant turn into each other only where a zone says when the day begins.
bool to_day(const DateRule& rule, Moment& moment, StepContext& context) {
  if (moment.kind == Moment::Kind::instant) {
    const Zone* zone = rule.zone_of_output();
    if (!zone) return fail(context, "is an instant, and no `zone` says which day that is");
    moment = in_zone(moment, *zone);
  }
  moment.kind = Moment::Kind::date;
  return true;
}

bool to_wall_clock(const DateRule& rule, Moment& moment, StepContext& context) {
  if (moment.kind == Moment::Kind::date) {
    if (!rule.zone) return fail(context, "is a day without time, and no `zone` says when it begins");
    if (!anchor(moment, *rule.zone, context)) return false;
  }
  const bool needs_instant = rule.output == Output::datetime || rule.pattern.has_offset();
  if (moment.kind == Moment::Kind::local) {
    return !needs_instant || fail(context, "is a time without zone, and no `zone` says where");
  }
  const Zone* zone = rule.zone_of_output();
  if (rule.output == Output::pattern) moment = zone ? in_zone(moment, *zone) : moment.at_offset(0);
  return true;
}

bool convert(const DateRule& rule, Moment& moment, StepContext& context) {
  if (moment.kind == Moment::Kind::local && rule.zone && !anchor(moment, *rule.zone, context)) return false;
  if (rule.change.any()) {
    const Zone* const day_zone = rule.zone ? &*rule.zone : nullptr;
    const std::string_view fault = rule.change.apply(moment, rule.zone_of_output(), day_zone);
    if (!fault.empty()) return fail(context, fault);
  }
  switch (rule.output) {
    case Output::iso: return true;
    case Output::date: return to_day(rule, moment, context);
    case Output::datetime: return to_wall_clock(rule, moment, context);
    case Output::pattern:
      return rule.pattern.has_time() ? to_wall_clock(rule, moment, context) : to_day(rule, moment, context);
  }
  return false;
}

bool to_date(const DateRule& rule, Value& cell, StepContext& context) {
  Moment moment;
  bool parsed = false;
  if (cell.is(ValueKind::text) || cell.is(ValueKind::number)) {
    for (const InputForm& form : rule.inputs) {
      if ((parsed = parse_by(form, cell.view(), moment))) break;
    }
  }
  if (!parsed) return fail(context, "is not a date in the expected form");
  if (!convert(rule, moment, context)) return false;
  if (rule.output == Output::pattern) {
    context.scratch.clear();
    rule.pattern.append(context.scratch, moment);
    cell = Value::text(context.arena.copy(context.scratch));
  } else {
    char* const place = context.arena.allocate(kIsoTextMax);
    cell = Value::text({place, write_iso(moment, place)});
  }
  return true;
}

DatePattern pattern_of(std::string_view text, const std::string& at, Faults& faults) {
  std::string fault;
  DatePattern pattern = DatePattern::compile(text, fault);
  if (!fault.empty()) {
    faults.add(at, fault,
               "letters: yyyy yy M MM MMM MMMM d dd EEE EEEE H HH h hh a m mm s ss S X XX XXX x xx xxx; put others in "
               "single quotes");
  }
  return pattern;
}

std::vector<InputForm> inputs_of(Params& options) {
  std::vector<InputForm> inputs;
  for (const std::string& text : options.texts("parse")) {
    if (text == "iso") {
      inputs.push_back({Input::iso, {}});
    } else if (text == "epoch_s") {
      inputs.push_back({Input::epoch_seconds, {}});
    } else if (text == "epoch_ms") {
      inputs.push_back({Input::epoch_millis, {}});
    } else {
      inputs.push_back({Input::pattern, pattern_of(text, options.at("parse"), options.faults())});
    }
  }
  if (inputs.empty()) inputs.push_back({Input::iso, {}});
  return inputs;
}

std::optional<Zone> zone_of(Params& options, std::string_view key) {
  const std::string name = options.text(key, "");
  if (name.empty()) return std::nullopt;
  std::optional<Zone> zone = Zone::find(name);
  if (!zone) {
    options.faults().add(options.at(key), fmt::format("`{}` is no time zone", name),
                         "write an IANA name such as Europe/Berlin or UTC");
  }
  return zone;
}

Step compile_date(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  DateRule rule;
  rule.inputs = inputs_of(options);
  const std::string format = options.text("format", "iso");
  rule.output = format == "iso"        ? Output::iso
                : format == "date"     ? Output::date
                : format == "datetime" ? Output::datetime
                                       : Output::pattern;
  if (rule.output == Output::pattern) rule.pattern = pattern_of(format, options.at("format"), options.faults());
  rule.zone = zone_of(options, "zone");
  rule.to_zone = zone_of(options, "toZone");
  if (rule.to_zone && rule.output != Output::pattern && rule.output != Output::date) {
    options.faults().add(options.at("toZone"), "an instant is written in UTC",
                         "leave it out, or write a pattern for `format`");
  }
  rule.change = DateChange::read(options);
  options.finish();
  bool days_only = true;
  for (const InputForm& form : rule.inputs) days_only &= form.kind == Input::pattern && !form.pattern.has_time();
  const Output output = rule.output;
  const bool adds_time = rule.change.seconds != 0;
  Step step = make_step<DateRule, to_date>(std::move(rule));
  step.can_fail = true;
  step.describe = [output, days_only, adds_time](FieldSchema& field) {
    const bool is_day =
        output == Output::date || (output == Output::iso && !adds_time && (days_only || field.type == FieldType::date));
    field.type = output == Output::pattern ? FieldType::text : is_day ? FieldType::date : FieldType::datetime;
    field.length_max.reset();
  };
  return step;
}

constexpr Function kFunctions[] = {{"date", std::nullopt, compile_date}};

}  // namespace

std::span<const Function> date_functions() { return kFunctions; }

}  // namespace nexpo
