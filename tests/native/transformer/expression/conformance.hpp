// One case of a conformance file of CEL: what it says, whether it concerns us, and whether we do it.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <regex>
#include <string>

#include <fmt/format.h>

#include "base/double_text.hpp"
#include "base/error.hpp"
#include "transformer/expression/checker.hpp"
#include "transformer/expression/comparison.hpp"
#include "transformer/expression/emitter.hpp"
#include "transformer/expression/machine.hpp"
#include "transformer/expression/parser.hpp"
#include "transformer/expression/textproto.hpp"

namespace nexpo::cel {

using textproto::Message;

/// The expression without its strings and comments, so that rules do not look into them.
inline std::string code_of(const std::string& expression) {
  static const std::regex literals(
      R"((?:[rR]?[bB]?|[bB][rR])(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))");
  return std::regex_replace(expression, literals, "\"\"");
}

/// A reason for which a case does not concern us, and how it is told.
struct Inapplicable {
  std::string_view reason;
  std::string code;     ///< found in the expression, its strings aside
  std::string message;  ///< found in the name of any field or in any word of the case: bindings, types, results
};

inline const std::vector<Inapplicable>& inapplicable_rules() {
  static const std::vector<Inapplicable> rules = {
      {"optional values are not part of our language",
       R"(\.\?|\[\?|\{\?|,\s*\?|\boptional\.|\boptional_type\b|\.(opt(Flat)?Map|orValue|hasValue)\()",
       "^optional_type$"},
      {"there are no protobuf messages: a record has cells, lists and maps",
       R"([\w`]\s*\{|\b(Nested)?TestAllTypes\b|\bgoogle\.protobuf\.(?!Timestamp\b|Duration\b)\w+|)"
       R"(\bproto\.(get|has)Ext\b)",
       R"(TestAllTypes|^wrapper$|^google\.protobuf\.(?!Timestamp$|Duration$)|)"
       R"(^\[type\.googleapis\.com/(?!google\.protobuf\.(Timestamp|Duration)\]$)|^ANY$)"},
      {"there are no enumerations", R"(\b(Global|Nested)Enum\b)", "^enum_value$|Enum$"},
      {"nothing is unknown: a missing cell is null", "", "^unknown$|^any_unknowns$"},
      {"blocks of shared parts are made by optimisers, not written", R"(\bcel\.(block|index|iterVar|accuVar)\b)", ""},
      {"addresses of networks have no type of their own", R"(\b(ip|cidr|isIP|isCIDR)\s*\(|\bip\.|\bnet\.)", ""},
      {"functions of a host program are steps of a mapping, not names in an expression", "", "^function$"},
      {"macros cannot be switched off", "", "^disable_macros$"},
  };
  return rules;
}

class ConformanceCase {
 public:
  explicit ConformanceCase(const Message& message) : message_(message), code_(code_of(message.text("expr"))) {}

  std::string name() const { return message_.text("name"); }

  /// Why the case does not concern us, or "".
  std::string_view inapplicable() const {
    for (const Inapplicable& rule : inapplicable_rules()) {
      if (!rule.code.empty() && std::regex_search(code_, std::regex(rule.code))) return rule.reason;
      if (!rule.message.empty() && mentions(message_, std::regex(rule.message))) return rule.reason;
    }
    return "";
  }

  /// What is wrong with our answer, or "".
  std::string fault() {
    const bool wants_error = message_.find("eval_error") || message_.find("any_eval_errors");
    try {
      Program program = compile();
      const Message* const typed = message_.find("typed_result");
      const Message* const wanted = typed ? typed->find("result") : message_.find("value");
      if (typed && typed->find("deduced_type")) {
        const StaticType type = type_of(*typed->find("deduced_type"));
        if (type.name() != program.type.name())
          return fmt::format("has the type {}, not {}", program.type.name(), type.name());
      }
      if (message_.text("check_only") == "true") return "";
      return judge(program, wanted, wants_error);
    } catch (const Error& error) {
      return wants_error ? "" : error.message();
    }
  }

 private:
  static bool mentions(const Message& message, const std::regex& wanted) {
    for (const auto& [name, value] : message.fields) {
      if (name == "expr" || name == "name" || name == "description" || name == "errors") continue;
      if (std::regex_search(name, wanted) || (name != "container" && std::regex_search(value.scalar, wanted)) ||
          mentions(value, wanted))
        return true;
    }
    return false;
  }

  Program compile() {
    const bool strict = message_.text("disable_check") != "true";
    const ExpressionLimits limits;
    const NodePtr root = parse(message_.text("expr"), limits);
    for (const Message* declared : message_.all("type_env")) declare(declared->text("name"), *declared);
    for (const Message* bound : message_.all("bindings")) bind(*bound);
    check(
        *root, [this](std::string_view name) { return lookup(name); }, strict);
    return emit(*root, {static_cast<uint32_t>(names_.size()), false}, limits);
  }

  std::string judge(const Program& program, const Message* wanted, bool wants_error) {
    Run run;
    run.heap.set_limit(ExpressionLimits().heap_bytes_max);
    prepare(program, run);
    for (const auto& [name, variable] : names_) run.registers[variable.slot] = values_[variable.slot];
    Datum value;
    const bool fine = evaluate(program, run, ExpressionLimits().cost_max, value);
    if (wants_error) return fine ? "gives a value, not an error" : "";
    if (!fine) return fmt::format("fails with fault {}", static_cast<int>(run.fault.code));
    if (!wanted) return value.is_true() ? "" : "is not true";
    return same(*wanted, value) ? "" : fmt::format("gives another value, of type {}", name_of(value.kind));
  }

  void declare(const std::string& name, const Message& declared) {
    const Message* const ident = declared.find("ident");
    const Message* const type = ident ? ident->find("type") : nullptr;
    add(name, type ? type_of(*type) : StaticType::dyn());
  }
  void bind(const Message& bound) {
    const std::string name = bound.text("key");
    if (!names_.count(name)) add(name, StaticType::dyn());
    const Message* const value = bound.find("value");
    if (const Message* const inner = value ? value->find("value") : nullptr)
      values_[names_.at(name).slot] = value_of(*inner);
  }
  void add(const std::string& name, StaticType type) {
    names_[name] = {static_cast<uint32_t>(values_.size()), std::move(type)};
    values_.emplace_back();
  }

  // By the rule for names in a container: from the inside to the outside.
  std::optional<Variable> lookup(std::string_view name) const {
    std::string scope = name.starts_with('.') ? "" : message_.text("container");
    if (name.starts_with('.')) name.remove_prefix(1);
    for (;;) {
      const auto found = names_.find(scope.empty() ? std::string(name) : fmt::format("{}.{}", scope, name));
      if (found != names_.end()) return found->second;
      if (scope.empty()) return std::nullopt;
      const size_t dot = scope.rfind('.');
      scope.resize(dot == std::string::npos ? 0 : dot);
    }
  }

  static StaticType type_of(const Message& type) {
    static const std::map<std::string, Kind> kinds = {
        {"BOOL", Kind::boolean},
        {"INT64", Kind::integer},
        {"UINT64", Kind::natural},
        {"DOUBLE", Kind::real},
        {"STRING", Kind::text},
        {"BYTES", Kind::bytes},
        {"TIMESTAMP", Kind::instant},
        {"DURATION", Kind::duration},
        {"google.protobuf.Timestamp", Kind::instant},
        {"google.protobuf.Duration", Kind::duration},
    };
    for (const char* const form : {"primitive", "well_known", "message_type"}) {
      const auto known = kinds.find(type.text(form));
      if (known != kinds.end()) return StaticType::of(known->second);
    }
    if (type.find("null")) return StaticType::of(Kind::null);
    if (type.find("type")) return StaticType::of(Kind::type);
    if (const Message* const list = type.find("list_type")) return StaticType::list_of(inner_type(*list, "elem_type"));
    if (const Message* const map = type.find("map_type"))
      return StaticType::map_of(inner_type(*map, "key_type"), inner_type(*map, "value_type"));
    return StaticType::dyn();
  }
  static StaticType inner_type(const Message& type, std::string_view part) {
    const Message* const inner = type.find(part);
    return inner ? type_of(*inner) : StaticType::dyn();
  }

  static double double_of_scalar(std::string text) {
    for (char& c : text) c = static_cast<char>(tolower(c));
    if (text.find("nan") != std::string::npos) return std::numeric_limits<double>::quiet_NaN();
    if (text.starts_with("inf")) return std::numeric_limits<double>::infinity();
    if (text.starts_with("-inf")) return -std::numeric_limits<double>::infinity();
    if (text.ends_with('f')) text.pop_back();
    return std::stod(text);
  }

  static Datum time_of(const Message& object) {
    for (const auto& [name, value] : object.fields) {
      const std::string seconds = value.text("seconds"), nanos = value.text("nanos");
      const int64_t whole = seconds.empty() ? 0 : std::stoll(seconds), rest = nanos.empty() ? 0 : std::stoll(nanos);
      return name.find("Timestamp") != std::string::npos ? Datum::at(whole, static_cast<uint32_t>(rest))
                                                         : Datum::lasting_for(whole * 1'000'000'000 + rest);
    }
    return Datum::null();
  }

  static Kind kind_named(const std::string& name) {
    for (size_t i = 0; i < kKinds; ++i) {
      if (name_of(static_cast<Kind>(i)) == name) return static_cast<Kind>(i);
    }
    return Kind::none;
  }

  Datum value_of(const Message& message) {
    const auto& [form, value] = message.fields.at(0);
    if (form == "bool_value") return Datum::of(value.scalar == "true");
    if (form == "int64_value") return Datum::of(static_cast<int64_t>(std::stoll(value.scalar, nullptr, 0)));
    if (form == "uint64_value") return Datum::of(static_cast<uint64_t>(std::stoull(value.scalar, nullptr, 0)));
    if (form == "double_value") return Datum::of(double_of_scalar(value.scalar));
    if (form == "string_value") return Datum::text(texts_.emplace_back(value.scalar));
    if (form == "bytes_value") return Datum::bytes(texts_.emplace_back(value.scalar));
    if (form == "type_value") return Datum::type_of(kind_named(value.scalar));
    if (form == "object_value") return time_of(value);
    if (form == "list_value") {
      std::vector<Datum>& items = lists_.emplace_back();
      for (const Message* item : value.all("values")) items.push_back(value_of(*item));
      return Datum::list(items);
    }
    if (form == "map_value") {
      std::vector<Entry>& entries = maps_.emplace_back();
      for (const Message* entry : value.all("entries"))
        entries.push_back({value_of(*entry->find("key")), value_of(*entry->find("value"))});
      return Datum::map(entries);
    }
    return Datum::null();
  }

  // Of the same type and value; NaN is NaN here.
  bool same(const Message& wanted, const Datum& got) {
    if (wanted.fields.empty()) return false;
    return same_datum(value_of(wanted), got);
  }
  static bool same_datum(const Datum& a, const Datum& b) {
    if (a.kind != b.kind) return false;
    if (a.is(Kind::real))
      return std::bit_cast<uint64_t>(a.real.number) == std::bit_cast<uint64_t>(b.real.number) ||
             a.real.number == b.real.number || (std::isnan(a.real.number) && std::isnan(b.real.number));
    if (a.is(Kind::list)) return a.size == b.size && std::equal(a.items, a.items + a.size, b.items, same_datum);
    if (a.is(Kind::map)) {
      return a.size == b.size && std::all_of(a.entries, a.entries + a.size, [&](const Entry& entry) {
               return std::any_of(b.entries, b.entries + b.size, [&](const Entry& other) {
                 return same_datum(entry.key, other.key) && same_datum(entry.value, other.value);
               });
             });
    }
    Run run;
    run.cost_left = 1'000'000;
    return equal(run, a, b);
  }

  const Message& message_;
  const std::string code_;
  std::map<std::string, Variable> names_;
  std::vector<Datum> values_;
  std::deque<std::string> texts_;
  std::deque<std::vector<Datum>> lists_;
  std::deque<std::vector<Entry>> maps_;
};

}  // namespace nexpo::cel
