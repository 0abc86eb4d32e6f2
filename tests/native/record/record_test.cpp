#include <gmock/gmock.h>

#include "base/error.hpp"
#include "record/counts.hpp"
#include "record/fingerprint.hpp"
#include "record/path.hpp"
#include "record/schema.hpp"
#include "record/utf8.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

std::string thrown_by(std::string_view text) {
  try {
    parse_path(text);
  } catch (const Error& error) {
    return error.message();
  }
  return "no fault";
}

TEST(Path, ReadsNamesIndexesStarsAndQuotes) {
  using Kind = PathStep::Kind;
  EXPECT_EQ(parse_path("a.b c[12][*].\"d.\\\"\\\\e\""), (Path{{Kind::name, "a", 0},
                                                              {Kind::name, "b c", 0},
                                                              {Kind::index, "", 12},
                                                              {Kind::every, "", 0},
                                                              {Kind::name, "d.\"\\e", 0}}));
  EXPECT_EQ(column_name(parse_path("Owner.Name")), "Owner.Name");
  EXPECT_EQ(column_name(parse_path("a[0]")), "");
}

TEST(Path, SaysWhereItIsWrong) {
  EXPECT_THAT(thrown_by(""), HasSubstr("a name is missing at position 1"));
  EXPECT_THAT(thrown_by("a..b"), HasSubstr("`a..b`: a name is missing at position 3"));
  EXPECT_THAT(thrown_by("a[x]"), HasSubstr("a number from 0 or `*`"));
  EXPECT_THAT(thrown_by("a[-1]"), HasSubstr("a number from 0 or `*`"));
  EXPECT_THAT(thrown_by("a[1"), HasSubstr("`]` is missing"));
  EXPECT_THAT(thrown_by("a[99999999999]"), HasSubstr("at most"));
  EXPECT_THAT(thrown_by("\"a"), HasSubstr("closing double quote"));
  EXPECT_THAT(thrown_by("a b .c"), HasSubstr("needs double quotes"));
  EXPECT_THAT(thrown_by("[0]"), HasSubstr("a name is missing"));
  EXPECT_THAT(thrown_by("a]"), HasSubstr("expected `.` or `[`"));
}

TEST(Fingerprint, TellsKindsBordersAndOrderApart) {
  const std::vector<std::vector<Value>> rows = {
      {},
      {Value()},
      {Value::null()},
      {Value::text("")},
      {Value::text("1")},
      {Value::number("1")},
      {Value::number("1.0")},
      {Value::boolean(true)},
      {Value::text("true")},
      {Value::text("ab"), Value::text("c")},
      {Value::text("a"), Value::text("bc")},
      {Value::text("c"), Value::text("ab")},
      {Value::null(), Value()},
      {Value(), Value::null()},
      {Value::json("[]")},
      {Value::text("[]")},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_FALSE(fingerprint_of(rows[i]).empty());
    for (size_t j = 0; j < rows.size(); ++j) {
      EXPECT_EQ(fingerprint_of(rows[i]) == fingerprint_of(rows[j]), i == j) << i << ' ' << j;
    }
  }
}

// Fingerprints are stored: these bytes may never change.
TEST(Fingerprint, GivesTheSameBytesInEveryVersion) {
  const auto hex = [](const std::vector<Value>& cells) {
    std::string text;
    for (const uint8_t byte : fingerprint_of(cells).bytes) {
      constexpr std::string_view kHex = "0123456789abcdef";
      text += kHex[byte >> 4];
      text += kHex[byte & 15];
    }
    return text;
  };
  EXPECT_EQ(hex({Value::text("Acme"), Value::null(), Value(), Value::number("1.10")}),
            "69596e7d16eca998b8d9f8ccf4d360a2");
  EXPECT_EQ(hex({Value::text(std::string(5'000, 'x')), Value::text("y")}), "15dba6a06ad2b59e9e876f15085176d9");
}

TEST(Counts, CloseOnlyIfEveryRecordIsAccountedFor) {
  Counts counts{.read = 9,
                .created = 1,
                .updated = 1,
                .deleted = 1,
                .unchanged = 1,
                .filtered = 1,
                .rejected = 1,
                .in_review = 1,
                .superseded = 2};
  EXPECT_TRUE(counts.closes());
  Counts twice = counts;
  twice += counts;
  EXPECT_EQ(twice.read, 18u);
  EXPECT_EQ(twice.written(), 6u);
  EXPECT_TRUE(twice.closes());
  twice.read++;
  EXPECT_FALSE(twice.closes());
}

FieldSchema field(std::string name, FieldType type = FieldType::text) {
  FieldSchema schema;
  schema.name = std::move(name);
  schema.type = type;
  return schema;
}

TEST(Schema, FindsFieldsWithoutRegardToCase) {
  Schema schema;
  schema.fields = {field("Id"), field("Owner.Name")};
  EXPECT_EQ(schema.find("owner.name")->name, "Owner.Name");
  EXPECT_EQ(schema.find("Nope"), nullptr);
}

TEST(Schema, TellsWhatChangedInPlainWords) {
  Schema before, after;
  before.fields = {field("Id"), field("Gone", FieldType::date), field("Amount", FieldType::number), field("Name")};
  after.fields = {field("ID"), field("Amount", FieldType::text), field("Name"), field("New", FieldType::boolean)};
  before.fields[3].length_max = 80;
  after.fields[2].length_max = 40;
  after.fields[2].values = {"A", "B"};
  const auto changes = diff(before, after);
  ASSERT_EQ(changes.size(), 4u);
  EXPECT_EQ(changes[0].kind, SchemaChange::Kind::removed);
  EXPECT_EQ(changes[0].field, "Gone");
  EXPECT_EQ(changes[1].detail, "type number became text");
  EXPECT_EQ(changes[2].detail, "longest text 80 became 40; allowed values any became A, B");
  EXPECT_EQ(changes[3].kind, SchemaChange::Kind::added);
  EXPECT_EQ(changes[3].field, "New");
}

TEST(Utf8, WritesAndReadsEveryCodePointAndKnowsNoOther) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    char bytes[4];
    const size_t size = write_utf8(code, bytes);
    const std::string_view text(bytes, size);
    ASSERT_EQ(utf8_size(text, 0), size) << static_cast<uint32_t>(code);
    ASSERT_EQ(utf8_size_of_lead(bytes[0]), size);
    ASSERT_EQ(read_utf8(text, 0, size), code);
  }
}

TEST(Utf8, AgreesWithTheValidatorOnEveryPairAndTripleOfBytes) {
  for (uint32_t bits = 0x800000; bits < 0x1000000; bits += 7) {
    const char bytes[3] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)};
    const std::string_view text(bytes, 3);
    size_t at = 0;
    while (at < text.size()) {
      const size_t size = utf8_size(text, at);
      if (size == 0) break;
      at += size;
    }
    ASSERT_EQ(at == text.size(), is_utf8(text)) << bits;
  }
}

}  // namespace
}  // namespace nexpo
