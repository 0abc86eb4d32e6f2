#include <gmock/gmock.h>

#include "base/error.hpp"
#include "record/json.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

// One record read with the given paths; the batch keeps the memory.
class Decoded {
 public:
  Decoded(std::string text, std::vector<std::string> paths) : selection_(std::move(paths)) {
    batch_ = RecordBatch(selection_.shape(), std::make_shared<Arena>());
    const std::string_view kept = batch_.arena()->adopt(std::move(text));
    JsonDecoder().decode_record(kept, selection_, batch_);
  }
  Value operator[](size_t slot) const { return batch_.row(0)[slot]; }

 private:
  Selection selection_;
  RecordBatch batch_;
};

Value only(const Decoded& decoded) { return decoded[0]; }

std::string fault_of(std::string text, std::vector<std::string> paths) {
  try {
    Decoded(std::move(text), std::move(paths));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    return error.message();
  }
  return "no fault";
}

TEST(JsonDecoder, KeepsUnsetNullAndEmptyApart) {
  const Decoded record(R"({"b": null, "c": "", "d": "x"})", {"a", "b", "c", "d"});
  EXPECT_EQ(record[0], Value());
  EXPECT_EQ(record[1], Value::null());
  EXPECT_EQ(record[2], Value::text(""));
  EXPECT_EQ(record[3], Value::text("x"));
}

TEST(JsonDecoder, KeepsTheTextOfNumbers) {
  const std::string numbers[] = {"9007199254740993", "123456789012345678", "1.10", "-0.0", "1E7", "0", "1e-400"};
  for (const std::string& number : numbers) {
    const Decoded record("{\"n\":" + number + "}", {"n"});
    EXPECT_EQ(record[0], Value::number(number));
  }
}

TEST(JsonDecoder, ReadsBooleansAndRawValues) {
  const Decoded record(R"({"t":true,"f":false,"o":{"x":[1,{"y":"\u00e9"}]},"l":[ ]})",
                       {"t", "f", "o", "l", "o.x[1].y"});
  EXPECT_EQ(record[0], Value::boolean(true));
  EXPECT_EQ(record[1], Value::boolean(false));
  EXPECT_EQ(record[2], Value::json(R"({"x":[1,{"y":"\u00e9"}]})"));
  EXPECT_EQ(record[3], Value::json("[ ]"));
  EXPECT_EQ(record[4], Value::text("é"));
}

TEST(JsonDecoder, FollowsNestedPathsIndexesAndQuotedNames) {
  const Decoded record(
      R"({"Owner":{"Name":"Ada","Manager":{"Id":7}},"lines":[{"sku":"a"},{"sku":"b"}],"odd.key":{"b":1}})",
      {"Owner.Name", "Owner.Manager.Id", "lines[1].sku", "lines[2].sku", "\"odd.key\".b"});
  EXPECT_EQ(record[0], Value::text("Ada"));
  EXPECT_EQ(record[1], Value::number("7"));
  EXPECT_EQ(record[2], Value::text("b"));
  EXPECT_EQ(record[3], Value());
  EXPECT_EQ(record[4], Value::number("1"));
}

TEST(JsonDecoder, CollectsWhatAStarFindsAndHoldsPlacesWithNull) {
  const Decoded record(R"({"l":[{"id":1},{},{"id":[2,3]},5],"m":[[1,2],[3]],"n":{}})",
                       {"l[*].id", "l[*]", "m[*][*]", "m[*][0]", "n[*].id"});
  EXPECT_EQ(record[0], Value::json("[1,null,[2,3],null]"));
  EXPECT_EQ(record[1], Value::json(R"([{"id":1},{},{"id":[2,3]},5])"));
  EXPECT_EQ(record[2], Value::json("[[1,2],[3]]"));
  EXPECT_EQ(record[3], Value::json("[1,3]"));
  EXPECT_EQ(record[4], Value());
}

TEST(JsonDecoder, GivesNullForAPathThroughNullAndUnsetForAnyOtherDeadEnd) {
  const Decoded record(R"({"a":null,"b":"text","c":[1]})", {"a.x.y", "b.x", "c.x", "d.x"});
  EXPECT_EQ(record[0], Value::null());
  EXPECT_EQ(record[1], Value());
  EXPECT_EQ(record[2], Value());
  EXPECT_EQ(record[3], Value());
}

TEST(JsonDecoder, LetsTheLastOfTwoMembersWithOneNameHold) {
  const Decoded record(R"({"a":1,"o":{"x":1},"a":2,"o":{"y":2}})", {"a", "o.x", "o.y"});
  EXPECT_EQ(record[0], Value::number("2"));
  EXPECT_EQ(record[1], Value());
  EXPECT_EQ(record[2], Value::number("2"));
}

TEST(JsonDecoder, FindsNamesWhateverTheirLengthOrderAndEscapes) {
  const std::string long_name(300, 'n');
  const Decoded record(
      "{\"" + long_name + "x\":0,\"" + long_name + R"(":1,"\u0061bcdefghi":2,"ab":3,"":4,"a\\b":5,"abcdefgh":6})",
      {"ab", "abcdefghi", long_name, "\"\"", "\"a\\\\b\"", "abcdefgh"});
  EXPECT_EQ(record[0], Value::number("3"));
  EXPECT_EQ(record[1], Value::number("2"));
  EXPECT_EQ(record[2], Value::number("1"));
  EXPECT_EQ(record[3], Value::number("4"));
  EXPECT_EQ(record[4], Value::number("5"));
  EXPECT_EQ(record[5], Value::number("6"));
}

TEST(JsonDecoder, ResolvesEscapesNulAndPairsOfSurrogates) {
  const Decoded record(R"({"s":"a\"\\\/\b\f\n\r\t\u0000\ud83d\ude00\u20ac"})", {"s"});
  EXPECT_EQ(record[0], Value::text(std::string_view("a\"\\/\b\f\n\r\t\0😀€", 17)));
}

TEST(JsonDecoder, GivesViewsIntoTheTextForStringsWithoutEscapes) {
  Selection selection({"s"});
  RecordBatch batch(selection.shape(), std::make_shared<Arena>());
  const std::string_view text = batch.arena()->adopt(R"({"s": "zero copy" })");
  JsonDecoder().decode_record(text, selection, batch);
  const char* place = batch.row(0)[0].view().data();
  EXPECT_TRUE(place > text.data() && place < text.data() + text.size());
}

TEST(JsonDecoder, TakesTextsOfTenMegabytes) {
  const std::string large(10'000'000, 'x');
  const Decoded plain("{\"s\":\"" + large + "\"}", {"s"});
  EXPECT_EQ(plain[0], Value::text(large));
  const Decoded escaped("{\"s\":\"" + large + "\\n\"}", {"s"});
  EXPECT_EQ(escaped[0], Value::text(large + "\n"));
}

TEST(JsonDecoder, RefusesHalfASurrogatePair) {
  EXPECT_THAT(fault_of(R"({"s":"\ud83d"})", {"s"}), HasSubstr("at byte 6: the first half of a surrogate pair"));
  EXPECT_THAT(fault_of(R"({"s":"x\ud83d\u0041"})", {"s"}), HasSubstr("at byte 7"));
  EXPECT_THAT(fault_of(R"({"s":"\ude00"})", {"s"}), HasSubstr("the second half of a surrogate pair"));
  EXPECT_THAT(fault_of(R"({"s":["\ude00"]})", {"s"}), HasSubstr("the second half of a surrogate pair"));
  EXPECT_EQ(fault_of(R"({"s":"\ude00"})", {"other"}), "no fault");
}

TEST(JsonDecoder, ReadsAPageWithHalfASurrogatePairAndSaysWhichRowsHoldOne) {
  const Selection selection({"id", "s", "o"});
  RecordBatch batch(selection.shape(), std::make_shared<Arena>());
  const std::string_view text = batch.arena()->adopt(
      R"({"records":[{"id":"1","s":"whole"},{"id":"2","s":"x\ud83dy","o":[1]},{"id":"3","s":"\ud83d\ude00"},)"
      R"({"id":"4","o":{"n":"\ude00"}},{"id":"5","unwanted":"\ude00"}],"done":true})");
  const JsonDecoder::Envelope envelope = JsonDecoder().decode_page(text, "records", selection, batch);
  ASSERT_EQ(batch.size(), 5U);
  EXPECT_EQ(batch.row(1)[0], Value::text("2"));
  EXPECT_EQ(batch.row(1)[1], Value::text("x\xEF\xBF\xBDy"));
  EXPECT_EQ(batch.row(2)[1], Value::text("\xF0\x9F\x98\x80"));
  EXPECT_EQ(envelope.scalar("done"), "true");
  ASSERT_EQ(envelope.unreadable.size(), 2U);
  EXPECT_EQ(envelope.unreadable[0].row, 1U);
  EXPECT_EQ(envelope.unreadable[0].field, "s");
  EXPECT_THAT(envelope.unreadable[0].message, HasSubstr("the first half of a surrogate pair stands alone"));
  EXPECT_EQ(envelope.unreadable[1].row, 3U);
}

TEST(JsonDecoder, RefusesBadEscapesBytesAndControlCharacters) {
  EXPECT_THAT(fault_of(R"({"s":"\x"})", {"s"}), HasSubstr("escape does not exist"));
  EXPECT_THAT(fault_of(R"({"s":"\u12g4"})", {"s"}), HasSubstr("four hexadecimal digits"));
  EXPECT_THAT(fault_of("{\"s\":\"\xff\"}", {"other"}), HasSubstr("at byte 6: the bytes are not UTF-8"));
  EXPECT_THAT(fault_of("{\"s\":\"\xed\xa0\x80\"}", {"s"}), HasSubstr("not UTF-8"));
  EXPECT_THAT(fault_of(std::string("{\"s\":\"a\0b\"}", 11), {"s"}), HasSubstr("at byte 7: a string holds a control"));
  EXPECT_THAT(fault_of("{\"s\":\"a\nb\"}", {"s"}), HasSubstr("control character"));
}

TEST(JsonDecoder, RefusesEveryTruncationOfARecord) {
  const std::string whole = R"({"a":{"b":[1,2,{"c":"x\ny"}]},"d":true,"e":-1.5e3,"f":null})";
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(fault_of(whole.substr(0, size), {"a", "a.b[2].c", "a.b[*].c", "d", "e", "f"}),
                HasSubstr("JSON is not valid"))
        << size;
    EXPECT_THAT(fault_of(whole.substr(0, size), {"z"}), HasSubstr("JSON is not valid")) << size;
  }
}

TEST(JsonDecoder, RefusesWhatIsNoJson) {
  for (const char* text : {"",
                           " ",
                           "[]",
                           "1",
                           "{]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{,}",
                           "{\"a\":1}}",
                           "{\"a\":1}{}",
                           "{\"a\":01}",
                           "{\"a\":+1}",
                           "{\"a\":.5}",
                           "{\"a\":1.}",
                           "{\"a\":NaN}",
                           "{\"a\":1 2}",
                           "{\"a\":tru}",
                           "{\"a\":truefalse}",
                           "{a:1}",
                           "{\"a\":1\"b\":2}",
                           "{\"a\":[1 2]}",
                           "{\"a\":[1,]}",
                           "{\"a\":{\"b\":1,}}",
                           "{\"a\":[}",
                           "{\"a\":[1}",
                           "{\"a\":1x}",
                           "{\"a\":\"b\"c}"}) {
    EXPECT_NE(fault_of(text, {"a"}), "no fault") << text;
  }
}

TEST(JsonDecoder, StopsAtTenThousandLevelsWantedOrNot) {
  const std::string bomb = "{\"a\":" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
  EXPECT_THAT(fault_of(bomb, {"a"}), HasSubstr("deeper than 1024 levels"));
  EXPECT_THAT(fault_of(bomb, {"b"}), HasSubstr("deeper than 1024 levels"));
  EXPECT_THAT(fault_of(bomb, {"a[*].b"}), HasSubstr("deeper than 1024 levels"));
  const std::string deep = "{\"a\":" + std::string(1'000, '[') + std::string(1'000, ']') + "}";
  EXPECT_EQ(only(Decoded(deep, {"a"})).view().size(), 2'000u);
}

class Page {
 public:
  explicit Page(std::string text, std::string member = "records", std::vector<std::string> paths = {"Id"})
      : selection(std::move(paths)), batch(selection.shape(), std::make_shared<Arena>()) {
    envelope = JsonDecoder().decode_page(batch.arena()->adopt(std::move(text)), member, selection, batch);
  }
  Selection selection;
  RecordBatch batch;
  JsonDecoder::Envelope envelope;
};

TEST(JsonDecoder, ReadsAPageAndWhatStandsAroundTheRecords) {
  const Page page(R"({"totalSize": 2, "done": false, "nextRecordsUrl": "/q\/01", "note": null, "extra": {"x": [1]},
                     "records": [{"attributes": {"type": "T"}, "Id": "1"}, {"Id": "2"}], "after": 3})");
  ASSERT_EQ(page.batch.size(), 2u);
  EXPECT_EQ(page.batch.row(1)[0], Value::text("2"));
  EXPECT_EQ(page.envelope.scalar("totalSize"), "2");
  EXPECT_EQ(page.envelope.scalar("done"), "false");
  EXPECT_EQ(page.envelope.scalar("nextRecordsUrl"), "/q/01");
  EXPECT_EQ(page.envelope.scalar("after"), "3");
  EXPECT_EQ(page.envelope.scalar("note"), "");
}

TEST(JsonDecoder, ReadsABareArrayAnEmptyPageAndANestedOne) {
  EXPECT_EQ(Page(R"([{"Id":"1"},null,{"Id":"3"}])", "").batch.size(), 3u);
  EXPECT_EQ(Page(R"([{"Id":"1"},null])", "").batch.row(1)[0], Value());
  EXPECT_EQ(Page(R"({"records":[]})").batch.size(), 0u);
  const Page nested(R"({"r":[{"x":1},{"body":{"done":true,"records":[{"Id":"7"}]}}]})", "r[1].body.records");
  EXPECT_EQ(nested.batch.row(0)[0], Value::text("7"));
  EXPECT_EQ(nested.envelope.scalar("done"), "true");
}

TEST(JsonDecoder, RefusesPagesOfAnotherShape) {
  const auto fault = [](std::string text, std::string member) -> std::string {
    try {
      Page(std::move(text), std::move(member));
    } catch (const Error& error) {
      return error.message();
    }
    return "no fault";
  };
  EXPECT_THAT(fault(R"({"done":true})", "records"), HasSubstr("the member `records` with the records is missing"));
  EXPECT_THAT(fault(R"({"records":{}})", "records"), HasSubstr("no array"));
  EXPECT_THAT(fault(R"({"records":[{"Id":1},2]})", "records"), HasSubstr("record 2 is no object"));
  EXPECT_THAT(fault(R"([{"errorCode":"X"}])", "records"), HasSubstr("an object was expected"));
  EXPECT_THAT(fault("<html>503</html>", "records"), HasSubstr("an object was expected"));
  EXPECT_THAT(fault(R"({"records":[],"records":[]})", "records"), HasSubstr("occurs twice"));
  EXPECT_THAT(fault(R"({"records":[]} x)", "records"), HasSubstr("follows"));
}

}  // namespace
}  // namespace nexpo
