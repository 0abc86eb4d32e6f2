#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "record/json.hpp"

namespace nexpo {
namespace {

std::string written(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWriter, EscapesExactlyWhatJsonAsksFor) {
  EXPECT_EQ(written(""), "\"\"");
  EXPECT_EQ(written("plain / text"), "\"plain / text\"");
  EXPECT_EQ(written(std::string_view("\"\\\b\f\n\r\t\0\x1f\x7f", 10)), "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\"");
  EXPECT_EQ(written("é€😀"), "\"é€😀\"");
}

TEST(JsonWriter, FindsAnEscapeAtEveryPlaceOfTextsOfEveryLength) {
  for (size_t size = 1; size < 70; ++size) {
    for (size_t place = 0; place < size; ++place) {
      for (const char odd : {'"', '\\', '\n', '\0'}) {
        std::string text(size, 'x');
        text[place] = odd;
        ASSERT_EQ(nlohmann::json::parse(written(text)).get<std::string>(), text) << size << ' ' << place;
      }
    }
  }
}

TEST(JsonWriter, PutsTheReplacementCharacterForEachByteThatIsNotUtf8) {
  EXPECT_EQ(written("a\xff"
                    "b"),
            "\"a\uFFFDb\"");
  EXPECT_EQ(written("\xed\xa0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
  EXPECT_EQ(written("é\xc3"), "\"é\uFFFD\"");
  EXPECT_EQ(written("\xc0\xaf \"\xf0\x9f\x98\x80\""), "\"\uFFFD\uFFFD \\\"😀\\\"\"");
}

TEST(JsonWriter, WritesRowsWithoutUnsetCellsAndNumbersByTheirText) {
  const auto shape =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "b.c", "q\"", "n", "u", "j", "t"});
  RecordBatch batch(shape, std::make_shared<Arena>());
  auto row = batch.add({});
  row[0] = Value::null();
  row[1] = Value::text("line\nbreak");
  row[2] = Value::boolean(true);
  row[3] = Value::number("9007199254740993.10");
  row[5] = Value::json("[1,{}]");
  row[6] = Value::text("");
  batch.add({});
  std::string out = "x";
  append_json_row(out, batch, 0);
  EXPECT_EQ(out, R"(x{"a":null,"b.c":"line\nbreak","q\"":true,"n":9007199254740993.10,"j":[1,{}],"t":""})");
  std::string empty;
  append_json_row(empty, batch, 1);
  EXPECT_EQ(empty, "{}");
}

TEST(JsonWriter, WritesSingleValues) {
  std::string out;
  append_json(out, Value());
  append_json(out, Value::null());
  append_json(out, Value::number("1.0"));
  append_json(out, Value::text("a\"b"));
  EXPECT_EQ(out, "nullnull1.0\"a\\\"b\"");
}

TEST(JsonWriter, WhatJavaScriptWouldRoundIsATextForIt) {
  const Shape shape = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "b", "c", "d"});
  const std::vector<Value> cells = {Value::number("9007199254740993.01"), Value::number("123456789012.345"),
                                    Value::number("-1.5e300"), Value::number("0.1000000000000000055")};
  std::string raw, safe;
  JsonRowWriter(shape).append(raw, cells);
  JsonRowWriter::for_javascript(shape).append(safe, cells);
  EXPECT_EQ(raw, R"({"a":9007199254740993.01,"b":123456789012.345,"c":-1.5e300,"d":0.1000000000000000055})");
  EXPECT_EQ(safe, R"({"a":"9007199254740993.01","b":123456789012.345,"c":-1.5e300,"d":"0.1000000000000000055"})");
}

}  // namespace
}  // namespace nexpo
