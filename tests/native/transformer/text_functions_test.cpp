#include <gmock/gmock.h>

#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

TEST(TextFunctions, TrimTakesEveryKindOfWhiteSpaceOffTheEdges) {
  EXPECT_EQ(format(R"({"trim":true})", R"(" \t\u00a0\u3000a b\u2003\r\n\ufeff")"), R"("a b")");
  EXPECT_EQ(format(R"({"trim":"start"})", R"("  a  ")"), R"("a  ")");
  EXPECT_EQ(format(R"({"trim":"end"})", R"("  a  ")"), R"("  a")");
  EXPECT_EQ(format(R"({"trim":true})", R"("   ")"), R"("")");
  EXPECT_EQ(format(R"({"trim":true})", R"("é")"), R"("é")");
}

TEST(TextFunctions, SquashLeavesSingleSpaces) {
  EXPECT_EQ(format(R"({"squash":true})", R"("  a \t\n b\u00a0 c ")"), R"("a b c")");
  EXPECT_EQ(format(R"({"squash":true})", R"("a b")"), R"("a b")");
}

TEST(TextFunctions, BlankToNullTellsBlankFromTheRest) {
  EXPECT_EQ(format(R"({"blankToNull":true})", R"(" \u00a0 ")"), "null");
  EXPECT_EQ(format(R"({"blankToNull":true})", R"("")"), "null");
  EXPECT_EQ(format(R"({"blankToNull":true})", R"(" a ")"), R"(" a ")");
  EXPECT_EQ(format(R"({"blankToNull":true})", "5"), "5");
}

TEST(TextFunctions, CaseFollowsUnicode) {
  EXPECT_EQ(format(R"({"case":"upper"})", R"("straße éàç ñ ж ǆ")"), R"("STRAẞE ÉÀÇ Ñ Ж Ǆ")");
  EXPECT_EQ(format(R"({"case":"lower"})", R"("ÉÀÇ ΑΒΓ Ж İ")"), R"("éàç αβγ ж i")");
  EXPECT_EQ(format(R"({"case":"title"})", R"("o'neil's McDONALD-smith élan 3rd ǆ")"),
            R"("O'neil's Mcdonald-Smith Élan 3rd ǅ")");
  EXPECT_EQ(format(R"({"case":"upper"})", R"("plain ascii 1")"), R"("PLAIN ASCII 1")");
  EXPECT_EQ(format(R"({"case":"upper"})", "true"), R"("TRUE")");
}

TEST(TextFunctions, NfcComposesCharacters) {
  EXPECT_EQ(format(R"({"nfc":true})", R"("e\u0301 \u1100\u1161")"), "\"é 가\"");
}

TEST(TextFunctions, TruncateCountsCodePointsUtf16UnitsOrBytesAndCutsNoCharacter) {
  EXPECT_EQ(format(R"({"truncate":3})", R"("a😀éb")"), R"("a😀é")");
  EXPECT_EQ(format(R"({"truncate":{"codePoints":2}})", R"("a😀éb")"), R"("a😀")");
  EXPECT_EQ(format(R"({"truncate":{"utf16":2}})", R"("a😀éb")"), R"("a")");
  EXPECT_EQ(format(R"({"truncate":{"utf16":3}})", R"("a😀éb")"), R"("a😀")");
  EXPECT_EQ(format(R"({"truncate":{"bytes":4}})", R"("a😀éb")"), R"("a")");
  EXPECT_EQ(format(R"({"truncate":{"bytes":7}})", R"("a😀éb")"), R"("a😀é")");
  EXPECT_EQ(format(R"({"truncate":0})", R"("abc")"), R"("")");
  EXPECT_EQ(format(R"({"truncate":5})", "1234567"), R"("12345")");
}

TEST(TextFunctions, SubstringCountsCodePointsFromEitherEnd) {
  EXPECT_EQ(format(R"({"substring":{"start":1,"length":2}})", R"("a😀éb")"), R"("😀é")");
  EXPECT_EQ(format(R"({"substring":{"start":-2}})", R"("a😀éb")"), R"("éb")");
  EXPECT_EQ(format(R"({"substring":{"start":-9,"length":1}})", R"("ab")"), R"("a")");
  EXPECT_EQ(format(R"({"substring":{"start":9}})", R"("ab")"), R"("")");
}

TEST(TextFunctions, PadFillsUpToALengthInCodePoints) {
  EXPECT_EQ(format(R"({"pad":{"length":5,"with":"0"}})", "42"), R"("00042")");
  EXPECT_EQ(format(R"({"pad":{"length":4,"with":"é","side":"end"}})", R"("😀")"), R"("😀ééé")");
  EXPECT_EQ(format(R"({"pad":{"length":2}})", R"("abc")"), R"("abc")");
  EXPECT_THAT(step_fault(R"({"pad":{"with":"ab"}})"), HasSubstr("must be one character"));
  EXPECT_THAT(step_fault(R"({"pad":{"with":"0"}})"), HasSubstr("params.pad.length: this is missing"));
}

TEST(TextFunctions, ReplaceTakesTextAndPatterns) {
  EXPECT_EQ(format(R"({"replace":{"find":"a.","with":"-"}})", R"("a.ba.a")"), R"("-b-a")");
  EXPECT_EQ(format(R"({"replace":{"find":"x"}})", R"("axbx")"), R"("ab")");
  EXPECT_EQ(format(R"j({"replace":{"pattern":"(\\d+)-(\\d+)","with":"\\2/\\1"}})j", R"("12-34 5-6")"),
            R"("34/12 6/5")");
  EXPECT_THAT(step_fault(R"({"replace":{"pattern":"(a"}})"), HasSubstr("params.replace.pattern: missing )"));
  EXPECT_THAT(step_fault(R"({"replace":{"pattern":"a","with":"\\1"}})"), HasSubstr("params.replace.with"));
  EXPECT_THAT(step_fault(R"({"replace":{"with":"x"}})"), HasSubstr("params.replace.find: this is missing"));
}

TEST(TextFunctions, SplitGivesAPartOrAListAndJoinMakesTextOfAList) {
  EXPECT_EQ(format(R"({"split":{"by":";"}})", R"("a;b\";;c")"), R"(["a","b\"","","c"])");
  EXPECT_EQ(format(R"({"split":{"by":";"}})", R"("")"), "[]");
  EXPECT_EQ(format(R"({"split":{"by":"@","part":1}})", R"("ada@example.com")"), R"("example.com")");
  EXPECT_EQ(format(R"({"split":{"by":"/","part":-1}})", R"("a/b/c")"), R"("c")");
  EXPECT_EQ(format(R"({"split":{"by":"/","part":-3}})", R"("a/b/c")"), R"("a")");
  EXPECT_EQ(format(R"({"split":{"by":"/","part":-4}})", R"("a/b/c")"), "null");
  EXPECT_EQ(format(R"({"split":{"by":"/","part":3}})", R"("a/b/c")"), "null");
  EXPECT_EQ(format(R"({"join":", "})", R"(["a",1.50,true,null,"é\n",[2]])"), R"("a, 1.50, true, é\n, [2]")");
  EXPECT_EQ(format(R"({"join":";"})", R"(["","",""])"), R"(";;")");
  EXPECT_EQ(format(R"({"join":{"with":"-"}})", "[]"), R"("")");
  EXPECT_EQ(format(R"({"join":"-"})", "7"), R"("7")");
}

TEST(TextFunctions, TemplatePutsFieldsTogether) {
  const std::string mapping = R"([{"source":"First","target":"n","transformation":{"type":"format","params":{"steps":[
      {"template":"{} {Last} {{{Owner.Name}}"},{"trim":true}]}}}])";
  EXPECT_EQ(map_record(mapping, R"({"First":"Ada","Last":"L","Owner":{"Name":"O"}})"), R"({"n":"Ada L {O}"})"
                                                                                       "");
  EXPECT_EQ(map_record(mapping, R"({"Last":"L"})"), R"({"n":"L {}"})");
  EXPECT_EQ(map_record(mapping, "{}"), R"({"n":null})");
  EXPECT_EQ(format(R"({"template":"constant"})", "null"), R"("constant")");
  EXPECT_THAT(step_fault(R"({"template":"{a"})"), HasSubstr("`}` is missing"));
  EXPECT_THAT(step_fault(R"({"template":"{a..b}"})"), HasSubstr("path `a..b`"));
}

TEST(TextFunctions, LeaveNullAndMissingAlone) {
  for (const char* params :
       {R"({"trim":true})", R"({"case":"upper"})", R"({"pad":{"length":3}})", R"({"split":{"by":";"}})",
        R"({"number":true})", R"({"date":true})", R"({"boolean":true})", R"({"truncate":1})", R"({"nfc":true})"}) {
    EXPECT_EQ(format(params, "null"), "null") << params;
  }
}

TEST(TextFunctions, SurviveBytesThatAreNotUtf8) {
  const auto shape = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"v"});
  for (const char* params :
       {R"({"trim":true})", R"({"squash":true})", R"({"case":"upper"})", R"({"case":"title"})", R"({"truncate":3})",
        R"({"substring":{"start":-2}})", R"({"pad":{"length":9}})", R"({"nfc":true})", R"({"blankToNull":true})",
        R"({"replace":{"pattern":".","with":"x"}})"}) {
    const MappingPlan plan = MappingPlan::compile(
        nlohmann::json::parse(R"([{"source":"v","target":"v","transformation":{"type":"format","params":)" +
                              std::string(params) + "}}]"),
        "m");
    RecordBatch batch(shape, std::make_shared<Arena>());
    for (const char* bytes : {"\xff\xfe\x80", "a\xc3", "\xf0\x9f\x98", "\xed\xa0\x80z"})
      batch.add({})[0] = Value::text(bytes);
    EXPECT_EQ(plan.apply(batch).records.size(), 4u) << params;
  }
}

TEST(BooleanFunction, KnowsWordsAndNumbers) {
  for (const char* yes : {"\"true\"", "\"YES\"", "\" y \"", "1", "\"On\"", "true"})
    EXPECT_EQ(format(R"({"boolean":true})", yes), "true");
  for (const char* no : {"\"false\"", "\"No\"", "0", "\"off\"", "false"})
    EXPECT_EQ(format(R"({"boolean":true})", no), "false");
  EXPECT_EQ(format(R"({"boolean":true})", "\"NA\""), "boolean: v `NA` is no word for true or false");
  EXPECT_EQ(format(R"({"boolean":{"true":["ja","j"],"false":"nein"}})", "\"JA\""), "true");
  EXPECT_EQ(format(R"({"boolean":{"true":["ja"],"false":"nein"}})", "\"yes\""),
            "boolean: v `yes` is no word for true or false");
  EXPECT_THAT(step_fault(R"({"boolean":{"true":"no"}})"), HasSubstr("`no` means both"));
}

std::string look_up(const std::string& params, const std::string& value) {
  return map_record(
      R"([{"source":"v","target":"v","onError":"fail_record","transformation":{"type":"lookup","params":)" + params +
          "}}]",
      "{\"v\":" + value + "}");
}

TEST(Lookup, TakesValuesOfAnyKindFromATable) {
  const std::string table =
      R"({"table":{"a":"A","1":2.5,"true":null,"x":{"y":[1]},"NA":"not available","#N/A":false}})";
  EXPECT_EQ(look_up(table, "\"a\""), R"({"v":"A"})");
  EXPECT_EQ(look_up(table, "1"), R"({"v":2.5})");
  EXPECT_EQ(look_up(table, "true"), R"({"v":null})");
  EXPECT_EQ(look_up(table, "\"x\""), R"({"v":{"y":[1]}})");
  EXPECT_EQ(look_up(table, "\"NA\""), R"({"v":"not available"})");
  EXPECT_EQ(look_up(table, "\"#N/A\""), R"({"v":false})");
  EXPECT_EQ(look_up(table, "\"A\""), "lookup: v `A` is not in the table");
  EXPECT_EQ(look_up(table, "null"), R"({"v":null})");
}

TEST(Lookup, IgnoresCaseAndFallsBackIfItIsTold) {
  EXPECT_EQ(look_up(R"({"table":{"Élan":1},"ignoreCase":true})", "\"ÉLAN\""), R"({"v":1})");
  EXPECT_EQ(look_up(R"({"table":{"a":1},"otherwise":0})", "\"b\""), R"({"v":0})");
  EXPECT_EQ(look_up(R"({"table":{"a":1},"otherwise":null})", "\"b\""), R"({"v":null})");
  EXPECT_THAT(compile_fault(
                  R"([{"source":"v","target":"v","onError":"null",
               "transformation":{"type":"lookup","params":{"table":{"A":1,"a":2},"ignoreCase":true}}}])"),
              HasSubstr("is there twice if case is ignored"));
  EXPECT_THAT(
      compile_fault(
          R"([{"source":"v","target":"v","transformation":{"type":"lookup","params":{"table":{}}},"onError":"null"}])"),
      HasSubstr("transformation.params.table: this must be an object"));
}

}  // namespace
}  // namespace nexpo
