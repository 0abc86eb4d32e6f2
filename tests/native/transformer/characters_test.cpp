#include "transformer/characters.hpp"

#include <gmock/gmock.h>

#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

TEST(Characters, CountAndCutInEveryUnit) {
  const std::string text = "a\u00e9\u20ac\U0001F600";
  EXPECT_EQ(count_units(text, TextUnit::code_points), 4U);
  EXPECT_EQ(count_units(text, TextUnit::utf16), 5U);
  EXPECT_EQ(count_units(text, TextUnit::bytes), 10U);
  EXPECT_EQ(offset_of_limit(text, TextUnit::utf16, 4), 6U) << "half a pair does not fit";
  EXPECT_EQ(offset_of_limit(text, TextUnit::bytes, 9), 6U);
  EXPECT_EQ(offset_of_character(text, 99), text.size());
  const std::string block(100, 'x');
  EXPECT_EQ(offset_of_limit(block + "\u00e9", TextUnit::bytes, 101), 100U);
  EXPECT_EQ(offset_of_limit(block + "\u00e9", TextUnit::code_points, 101), 102U);
}

TEST(Characters, AByteThatIsNotUtf8IsACharacterOfItsOwn) {
  const std::string_view broken = "a\xff\xc3(\xe2\x82";
  EXPECT_EQ(count_characters(broken), 6U);
  EXPECT_EQ(offset_of_character(broken, 3), 3U);
  EXPECT_EQ(count_units(broken, TextUnit::utf16), 6U);
}

// A cell straight from a system, past the JSON reader, which lets no such bytes in.
std::string map_bytes(const std::string& step, std::string_view bytes) {
  const MappingPlan plan =
      MappingPlan::compile(nlohmann::json::parse(R"([{"source":"v","target":"v","onError":"fail_record",
                                 "transformation":{"type":"format","params":)" +
                                                 step + "}}]"),
                           "fieldMappings");
  RecordBatch source(std::make_shared<const std::vector<std::string>>(plan.source_paths()), std::make_shared<Arena>());
  source.add({})[0] = Value::text(source.arena()->copy(bytes));
  const MappedBatch mapped = plan.apply(source);
  return mapped.rejections.empty() ? std::string(std::as_const(mapped.records).row(0)[0].view())
                                   : mapped.rejections[0].message;
}

TEST(Characters, NoStepReadsPastBytesThatAreNotUtf8) {
  const std::string_view broken = "a\xff\xe2\x82";
  EXPECT_EQ(map_bytes(R"({"trim":true})", broken), broken);
  EXPECT_EQ(map_bytes(R"({"case":"upper"})", broken), "A\xff\xe2\x82");
  EXPECT_EQ(map_bytes(R"({"nfc":true})", broken), broken);
  EXPECT_EQ(map_bytes(R"({"truncate":2})", broken), "a\xff");
  EXPECT_EQ(map_bytes(R"({"substring":{"start":-1}})", broken), "\x82");
  EXPECT_EQ(map_bytes(R"({"mask":{"first":1}})", broken), "a***");
  EXPECT_EQ(map_bytes(R"({"pad":{"length":6,"with":"."}})", broken), ".." + std::string(broken));
  EXPECT_EQ(map_bytes(R"({"hash":true})", broken).size(), 64U);
  EXPECT_THAT(map_bytes(R"({"number":{"locale":"de"}})", "1\xe2\x80"), HasSubstr("is not a number"));
  EXPECT_THAT(map_bytes(R"({"email":true})", "a\xff@b.de"), HasSubstr("cannot hold"));
  EXPECT_THAT(map_bytes(R"({"email":true})", "a@b\xff.de"), HasSubstr("beyond ASCII"));
  EXPECT_THAT(map_bytes(R"({"phone":true})", "+49 30\xe2\x80"), HasSubstr("no part of a phone number"));
  EXPECT_THAT(map_bytes(R"({"url":true})", "https://a.de/\xff"), HasSubstr("is not UTF-8"));
  EXPECT_THAT(map_bytes(R"({"date":true})", "2024-01-0\xff"), HasSubstr("not a date"));
}

}  // namespace
}  // namespace nexpo
