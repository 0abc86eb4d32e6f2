#include <gmock/gmock.h>

#include "transformer/validation/validated.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

struct RuleCase {
  const char* rule;
  std::vector<const char*> good, bad;
};

void expect_cases(const std::vector<RuleCase>& cases) {
  for (const RuleCase& one : cases) {
    const std::string code = nlohmann::json::parse(one.rule)["rule"];
    for (const char* value : one.good) EXPECT_EQ(judge(one.rule, value), "holds") << one.rule << ' ' << value;
    for (const char* value : one.bad)
      EXPECT_THAT(judge(one.rule, value), HasSubstr(code + ": v `")) << one.rule << ' ' << value;
  }
}

TEST(ValueRules, TellWhatAValueIs) {
  expect_cases({
      {R"({"rule":"type","type":"text"})", {R"("")", R"("1")"}, {"1", "true", "[]", "{}"}},
      {R"({"rule":"type","type":"number"})", {"1", "-1.5", "1e400", "0"}, {R"("1")", "true", "[1]"}},
      {R"({"rule":"type","type":"integer"})",
       {"1", "-0", "1.0", "1e3", "1.50e1", "12345678901234567890123456789012345678901234567890"},
       {"1.5", "1e-1", "0.0000000000000000000000000000000000000001", R"("1")", "false"}},
      {R"({"rule":"type","type":"boolean"})", {"true", "false"}, {R"("true")", "1", "0"}},
      {R"({"rule":"type","type":"list"})", {"[]", "[1,2]"}, {"{}", R"("[]")", "1"}},
      {R"({"rule":"type","type":"object"})", {"{}", R"({"a":1})"}, {"[]", R"("{}")", "1"}},
  });
}

TEST(ValueRules, TellHowATextIsWritten) {
  expect_cases({
      {R"({"rule":"email"})",
       {R"("ada@example.com")", R"("Ada@Example.COM")", R"("a+b@c.de")"},
       {R"("")", R"("ada")", R"(" ada@example.com")", R"("ada@example.com ")", R"("ada@example")", R"("a@b@c.de")",
        "1"}},
      {R"({"rule":"url"})",
       {R"("https://example.com")", R"("http://EXAMPLE.com:8080/a?b=c#d")", R"("https://[::1]/")"},
       {R"("")", R"("example.com")", R"("ftp://example.com")", R"("https://exa mple.com")",
        R"("https://example.com/é")", R"("https://example.com/a b")", R"(" https://example.com")",
        R"("https://example.com/%4")", R"("https://")", "1"}},
      {R"({"rule":"e164"})",
       {R"("+4930123456")", R"("+14155552671")"},
       {R"("")", R"("030123456")", R"("+49 30 123456")", R"("+99912345")", R"("+1234567890123456")", "4930123456"}},
      {R"({"rule":"date"})",
       {R"("2024-02-29")", R"("0001-01-01")"},
       {R"("")", R"("2023-02-29")", R"("2024-02-29T00:00:00Z")", R"("29.02.2024")", "20240229"}},
      {R"({"rule":"datetime"})",
       {R"("2024-02-29T00:00:00Z")", R"("2024-02-29T00:00:00.123+02:00")"},
       {R"("2024-02-29")", R"("2024-02-29T00:00:00")", R"("")", R"("2024-02-29T25:00:00Z")"}},
      {R"({"rule":"uuid"})",
       {R"("123e4567-e89b-12d3-a456-426614174000")", R"("123E4567-E89B-12D3-A456-426614174000")"},
       {R"("")", R"("123e4567e89b12d3a456426614174000")", R"("123e4567-e89b-12d3-a456-42661417400g")",
        R"("{123e4567-e89b-12d3-a456-426614174000}")", R"("123e4567-e89b-12d3-a456-4266141740000")"}},
      {R"({"rule":"pattern","pattern":"^[A-Z]{2}\\d+$"})",
       {R"("AB1")", R"("ZZ99")"},
       {R"("AB")", R"("xAB1")", R"("AB1\n")"}},
      {R"({"rule":"pattern","pattern":"b"})", {R"("abc")", R"("b")"}, {R"("ac")"}},
      {R"({"rule":"pattern","pattern":"^4"})", {"42"}, {"24"}},
  });
}

TEST(ValueRules, MeasureLengthInTheUnitOfTheTarget) {
  expect_cases({
      {R"({"rule":"length","max":3})", {R"("")", R"("abc")", R"("a😀é")", "123"}, {R"("abcd")", R"("a😀éb")", "1234"}},
      {R"({"rule":"length","max":3,"unit":"utf16"})", {R"("a😀")", R"("éüö")"}, {R"("😀😀")", R"("a😀é")"}},
      {R"({"rule":"length","max":4,"unit":"bytes"})", {R"("😀")", R"("éé")"}, {R"("a😀")", R"("ééa")"}},
      {R"({"rule":"length","min":2})", {R"("ab")", R"("😀é")"}, {R"("")", R"("a")", R"("😀")"}},
      {R"({"rule":"length","min":2,"unit":"utf16"})", {R"("😀")"}, {R"("é")"}},
      {R"({"rule":"length","min":2,"max":2})", {R"("éé")"}, {R"("é")", R"("ééé")"}},
      {R"({"rule":"length","max":0})", {R"("")"}, {R"("a")"}},
  });
}

TEST(ValueRules, CompareNumbersToTheLastDigitAndMomentsAsMoments) {
  expect_cases({
      {R"({"rule":"range","min":0,"max":100})",
       {"0", "100", "100.000", "0.5", R"("50")", "-0"},
       {"-0.001", "100.01", R"("x")", "true", R"("")"}},
      {R"({"rule":"range","min":"0.1"})",
       {"0.1", "0.10", "1e3"},
       {"0.0999999999999999999999999999999999999999999999", "-1"}},
      {R"({"rule":"range","max":"123456789012345678901234567890.5"})",
       {"123456789012345678901234567890.5", "123456789012345678901234567890.4999"},
       {"123456789012345678901234567890.50001", "1e30"}},
      {R"({"rule":"range","min":-5,"max":-1})", {"-5", "-1", "-3.3"}, {"-5.1", "-0.9", "0", "3"}},
      {R"({"rule":"range","min":"2024-01-01","max":"2024-12-31"})",
       {R"("2024-01-01")", R"("2024-12-31")"},
       {R"("2023-12-31")", R"("2025-01-01")", R"("2024-06-01T00:00:00Z")", R"("2024")", "2024"}},
      {R"({"rule":"range","min":"2024-01-01T00:00:00Z"})",
       {R"("2024-01-01T00:00:00Z")", R"("2024-01-01T01:00:00+01:00")", R"("2024-01-01T00:00:00.001Z")"},
       {R"("2023-12-31T23:59:59.999Z")", R"("2024-01-01T00:30:00+01:00")", R"("2024-01-01")"}},
  });
}

TEST(ValueRules, TakeOneOfAListByItsText) {
  expect_cases({
      {R"({"rule":"enum","values":["New","Won",3,true]})",
       {R"("New")", R"("Won")", "3", R"("3")", "true"},
       {R"("new")", R"("")", "3.0", "false", R"(["New"])"}},
  });
}

TEST(ValueRules, LookAtPresentValuesOnly) {
  for (const char* rule : {R"({"rule":"email"})", R"({"rule":"length","min":5})", R"({"rule":"enum","values":["a"]})",
                           R"({"rule":"type","type":"text"})", R"({"rule":"unique"})"}) {
    EXPECT_EQ(judge(rule, "null"), "holds") << rule;
    EXPECT_EQ(map_record(R"([{"source":"v","target":"v","validate":[)" + std::string(rule) + "]}]", "{}"), "{}")
        << rule;
  }
}

TEST(ValueRules, SayWhyOrWhatTheyWereToldToSay) {
  EXPECT_EQ(judge(R"({"rule":"length","max":3})", R"("abcd")"), "length: v `abcd` has more than 3 characters");
  EXPECT_EQ(judge(R"({"rule":"length","min":2,"max":3,"unit":"utf16"})", R"("a")"),
            "length: v `a` has less than 2 or more than 3 UTF-16 units");
  EXPECT_EQ(judge(R"({"rule":"range","min":1,"max":"2.5"})", "9"), "range: v `9` is less than 1 or more than 2.5");
  EXPECT_EQ(judge(R"({"rule":"range","max":"2024-01-01"})", "9"),
            "range: v `9` is more than 2024-01-01, or no such date");
  EXPECT_EQ(judge(R"({"rule":"email"})", R"("x")"), "email: v `x` is no email");
  EXPECT_EQ(judge(R"({"rule":"pattern","pattern":"^a$"})", R"("x")"), "pattern: v `x` does not match ^a$");
  EXPECT_EQ(judge(R"({"rule":"enum","values":["a"]})", R"("x")"), "enum: v `x` is none of the values that are allowed");
  EXPECT_EQ(judge(R"({"rule":"email","message":"Write an address."})", R"("x")"), "email: Write an address.");
  EXPECT_EQ(
      map_record(R"([{"source":"v","target":"w","pii":true,"validate":[{"rule":"email"}]}])", R"({"v":"secret"})"),
      "email: w (personal data) is no email");
}

TEST(ValueRules, ReportWhatIsWrongWithThem) {
  const struct {
    const char *rule, *fault;
  } rows[] = {
      {R"({"rule":"emial"})", "validate[0].rule: `emial` is no rule; did you mean `email`?"},
      {R"({})", "validate[0].rule: this is missing"},
      {R"("email")", "this must be an object"},
      {R"({"rule":"email","severity":"fatal"})", "severity: \"fatal\" is not a choice"},
      {R"({"rule":"email","message":5})", "message: this must be a text"},
      {R"({"rule":"email","min":5})", "min: this key is unknown"},
      {R"({"rule":"type"})", "type: this is missing"},
      {R"({"rule":"type","type":"string"})", "is not a choice"},
      {R"({"rule":"pattern"})", "pattern: this is missing"},
      {R"({"rule":"pattern","pattern":"(?=a)x"})", "RE2 has no look-around"},
      {R"({"rule":"length"})", "a limit is missing"},
      {R"({"rule":"length","min":5,"max":4})", "this is more than `max`"},
      {R"({"rule":"length","max":-1})", "does not fit"},
      {R"({"rule":"range"})", "a limit is missing"},
      {R"({"rule":"range","min":"x"})", "this has no order"},
      {R"({"rule":"range","min":true})", "this has no order"},
      {R"({"rule":"range","min":1,"max":"2024-01-01"})", "this is of another kind than `min`"},
      {R"({"rule":"range","min":2,"max":1})", "this is more than `max`"},
      {R"({"rule":"range","min":"2024-01-01","max":"2024-01-01T00:00:00Z"})", "this is of another kind than `min`"},
      {R"({"rule":"enum"})", "this must be a list of texts"},
      {R"({"rule":"enum","values":[]})", "this must be a list of texts"},
      {R"({"rule":"enum","values":[null]})", "this must be a list of texts"},
      {R"({"rule":"enum","values":["a"],"picklist":true})", "the picklist says this already"},
      {R"({"rule":"reference"})", "link: this is missing"},
  };
  for (const auto& row : rows) EXPECT_THAT(rule_fault(row.rule), HasSubstr(row.fault)) << row.rule;
  EXPECT_THAT(compile_fault(R"([{"source":"v","target":"v","validate":{"rule":"email"}}])"),
              HasSubstr("validate: this must be a list"));
}

}  // namespace
}  // namespace nexpo
