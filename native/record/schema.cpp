#include "record/schema.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nexpo {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string in_words(const std::optional<int>& limit) { return limit ? std::to_string(*limit) : "none"; }

std::string in_words(bool yes) { return yes ? "yes" : "no"; }

std::string in_words(const std::vector<std::string>& names) {
  return names.empty() ? "any" : fmt::format("{}", fmt::join(names, ", "));
}

template <class T>
void compare(std::vector<std::string>& parts, std::string_view what, const T& before, const T& after) {
  if (before == after) return;
  parts.push_back(fmt::format("{} {} became {}", what, in_words(before), in_words(after)));
}

std::string difference(const FieldSchema& before, const FieldSchema& after) {
  std::vector<std::string> parts;
  if (before.type != after.type) {
    parts.push_back(fmt::format("type {} became {}", name_of(before.type), name_of(after.type)));
  } else if (before.native_type != after.native_type) {
    parts.push_back(fmt::format("type {} became {}", before.native_type, after.native_type));
  }
  compare(parts, "longest text", before.length_max, after.length_max);
  compare(parts, "precision", before.precision, after.precision);
  compare(parts, "scale", before.scale, after.scale);
  compare(parts, "nullable", before.nullable, after.nullable);
  compare(parts, "creatable", before.creatable, after.creatable);
  compare(parts, "updatable", before.updatable, after.updatable);
  compare(parts, "required", before.required, after.required);
  compare(parts, "unique", before.unique, after.unique);
  compare(parts, "filterable", before.filterable, after.filterable);
  compare(parts, "allowed values", before.values, after.values);
  compare(parts, "refers to", before.refers_to, after.refers_to);
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

std::string_view name_of(FieldType type) {
  switch (type) {
    case FieldType::text: return "text";
    case FieldType::number: return "number";
    case FieldType::integer: return "integer";
    case FieldType::boolean: return "boolean";
    case FieldType::date: return "date";
    case FieldType::datetime: return "datetime";
    case FieldType::time: return "time";
    case FieldType::json: return "json";
    case FieldType::binary: return "binary";
    case FieldType::reference: return "reference";
  }
  return "text";
}

const FieldSchema* Schema::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldSchema& field) { return same_ignoring_case(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::vector<SchemaChange> diff(const Schema& before, const Schema& after) {
  std::vector<SchemaChange> changes;
  for (const FieldSchema& field : before.fields) {
    const FieldSchema* now = after.find(field.name);
    if (!now) {
      changes.push_back({SchemaChange::Kind::removed, field.name, fmt::format("type {}", name_of(field.type))});
    } else if (std::string detail = difference(field, *now); !detail.empty()) {
      changes.push_back({SchemaChange::Kind::changed, field.name, std::move(detail)});
    }
  }
  for (const FieldSchema& field : after.fields) {
    if (before.find(field.name)) continue;
    changes.push_back({SchemaChange::Kind::added, field.name, fmt::format("type {}", name_of(field.type))});
  }
  return changes;
}

}  // namespace nexpo
