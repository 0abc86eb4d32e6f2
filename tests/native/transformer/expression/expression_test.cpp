#include "transformer/expression/expression.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "record/json.hpp"

namespace nexpo {
namespace {

// The row that the expressions here look at.
std::vector<std::pair<std::string, Value>> sample_row() {
  return {
      {"value", Value::text("now")},
      {"record.Name", Value::text("Ada Lovelace")},
      {"record.Amount", Value::number("1234.50")},
      {"record.Rate", Value::number("0.19")},
      {"record.Long", Value::number("123456789012345678901234567890123456789")},
      {"record.Active", Value::boolean(true)},
      {"record.Gone", Value::null()},
      {"record.Missing", Value()},
      {"record.Tags", Value::json(R"(["new","\u00e9",null,1.50])")},
      {"record.Lines", Value::json(R"([{"sku":"a","qty":2,"price":1.50},{"sku":"b","qty":1,"price":10}])")},
      {"record.Lines[0].sku", Value::text("a")},
      {"record.\"odd.key\"", Value::text("odd")},
      {"record.Owner.Name", Value::text("Grace")},
      {"record.Created", Value::text("2024-02-29T23:30:00.250+01:00")},
      {"record.Twice", Value::json(R"({"k":1,"k":2})")},
  };
}

std::optional<uint32_t> sample_slot(std::string_view name) {
  const auto row = sample_row();
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i].first == name) return static_cast<uint32_t>(i);
  }
  return std::nullopt;
}

/// The value as JSON, "fault: ..." if it fails, "refused: ..." if it does not compile.
std::string result_of(std::string_view text, const ExpressionLimits& limits = {}) {
  try {
    const Expression expression = Expression::compile(text, sample_slot, limits);
    std::vector<Value> cells;
    for (const auto& [name, value] : sample_row()) cells.push_back(value);
    Arena arena;
    ExpressionScratch scratch;
    Value value;
    if (!expression.evaluate(cells, arena, scratch, value)) return "fault: " + scratch.fault;
    std::string json;
    append_json(json, value);
    return json;
  } catch (const Error& error) {
    return "refused: " + error.message();
  }
}

struct Golden {
  const char* text;
  const char* result;
};
void expect_all(std::initializer_list<Golden> cases) {
  for (const Golden& one : cases) EXPECT_EQ(result_of(one.text), one.result) << one.text;
}

TEST(Expression, ReadsCells) {
  expect_all({
      {"value", "\"now\""},
      {"record.Amount", "1234.50"},
      {"record.Active ? 'yes' : 'no'", "\"yes\""},
      {"record.Gone == null && record.Missing == null", "true"},
      {"has(record.Gone)", "true"},
      {"has(record.Missing)", "false"},
      {"record.Owner.Name", "\"Grace\""},
      {"record[\"odd.key\"]", "\"odd\""},
      {"record.Lines[0].sku", "\"a\""},
      {"record.Lines[1].sku", "\"b\""},
      {"record.Tags", R"(["new","é",null,1.50])"},
      {"record.Lines.filter(l, l.qty > 1).map(l, l.sku)", R"(["a"])"},
      {"record.Lines.map(l, l.qty * l.price).sum()", "13.00"},
      {"record.Lines.exists(l, has(l.color))", "false"},
      {"record.Twice.k", "2"},
      {"record.Long", "fault: needs more than 38 digits (column 8)"},
      {"record.Nothing",
       "refused: column 1: there is no `record.Nothing`; write the name of a field, or put texts into quotes"},
  });
}

TEST(Expression, CountsExactlyWithDecimals) {
  expect_all({
      {"record.Amount * record.Rate", "234.5550"},
      {"decimal(record.Amount * record.Rate, 2)", "234.56"},
      {"record.Amount * 1.19", "1469.0550"},
      {"record.Amount + 1", "1235.50"},
      {"record.Amount - 1u", "1233.50"},
      {"record.Amount / 7", "176.35714285714285714285714285714285714"},
      {"record.Amount % 100", "34.50"},
      {"-record.Amount", "-1234.50"},
      {"record.Amount == 1234.5 && record.Amount > 1234 && record.Amount < 1234.6", "true"},
      {"record.Amount >= 1234.5 && record.Amount <= 1234.5", "true"},
      {"record.Amount >= 1234.51 || record.Amount <= 1234.49", "false"},
      {"decimal('1.10') == decimal('1.1')", "true"},
      {"decimal('0.1') + decimal('0.2') == 0.3", "true"},
      {"record.Amount * double('1.19')",
       "fault: has operands of types that do not go together: decimal and double (column 15)"},
      {"decimal('99999999999999999999999999999999999999') + 0.1", "fault: needs more than 38 digits (column 51)"},
      {"record.Amount / 0", "fault: divides by zero (column 15)"},
      {"type(record.Amount) == decimal", "true"},
  });
}

TEST(Expression, ConvertsBetweenTypes) {
  expect_all({
      {"int('42')", "42"},
      {"int(-1.9)", "-1"},
      {"int(record.Amount)", "1234"},
      {"int(timestamp('1970-01-01T00:01:00Z'))", "60"},
      {"int(1e19)", "fault: leaves the range of its type (column 1)"},
      {"uint(7)", "7"},
      {"uint(-1)", "fault: leaves the range of its type (column 1)"},
      {"double('1e3')", "1000"},
      {"double(record.Amount)", "1234.5"},
      {"double('NaN')", "fault: cannot be converted: double"},
      {"decimal('1.10')", "1.10"},
      {"decimal(2.5, 0)", "2"},
      {"decimal('x')", "fault: cannot be converted (column 1)"},
      {"string(1.5) + string(2u) + string(true) + string(record.Amount)", "\"1.52true1234.50\""},
      {"string(b'\\xff')", "fault: cannot be converted (column 1)"},
      {"bytes('hi')", "\"aGk=\""},
      {"bool('TRUE')", "true"},
      {"duration('1h30m')", "\"5400s\""},
      {"timestamp('2024-01-02T03:04:05+01:00')", "\"2024-01-02T02:04:05.000Z\""},
      {"timestamp('2024-01-02')", "fault: cannot be converted (column 1)"},
      {"timestamp(0)", "\"1970-01-01T00:00:00.000Z\""},
      {"type(dyn(1)) == int", "true"},
      {"base64.encode(b'hello') + string(base64.decode('aGk='))", "\"aGVsbG8=hi\""},
      {"string(1e21) + ' ' + string(1e-7) + ' ' + string(1000000.0) + ' ' + string(0.000015)",
       "\"1e+21 1e-07 1000000 0.000015\""},
  });
}

TEST(Expression, WorksOnTexts) {
  expect_all({
      {"size(record.Name)", "12"},
      {"'Grüße'.size()", "5"},
      {"record.Name.contains('Love')", "true"},
      {"record.Name.startsWith('Ada')", "true"},
      {"record.Name.endsWith('lace')", "true"},
      {"record.Name.matches('^[A-Z][a-z]+ ')", "true"},
      {"record.Name.matches(value)", "false"},
      {"'Grüße'.charAt(2)", "\"ü\""},
      {"'abc'.charAt(3)", "\"\""},
      {"'abc'.charAt(4)", "fault: asks for an index that is not there (column 7)"},
      {"'hello mellow'.indexOf('ello', 2)", "7"},
      {"'hello mellow'.lastIndexOf('ello', 6)", "1"},
      {"'hello'.indexOf('x')", "-1"},
      {"record.Name.substring(4)", "\"Lovelace\""},
      {"record.Name.substring(0, 3)", "\"Ada\""},
      {"'abc'.substring(2, 1)", "fault: asks for an index that is not there (column 7)"},
      {"record.Name.lowerAscii()", "\"ada lovelace\""},
      {"record.Name.upperAscii()", "\"ADA LOVELACE\""},
      {"' \\t trim\\u00a0'.trim()", "\"trim\""},
      {"'gums'.reverse()", "\"smug\""},
      {"'hello hello'.replace('he', 'we', 1)", "\"wello hello\""},
      {"'ab'.replace('', '-')", "\"-a-b-\""},
      {"'a,b,,c'.split(',')", R"(["a","b","","c"])"},
      {"'a,b,c'.split(',', 2)", R"(["a","b,c"])"},
      {"'abc'.split('')", R"(["a","b","c"])"},
      {"['a', 'b'].join('-')", "\"a-b\""},
      {"['', 'b'].join(', ')", "\", b\""},
      {"strings.quote('a\"b\\n')", R"("\"a\\\"b\\n\"")"},
      {"'%s is %.2f, %d of %x'.format(['it', 1.005, 3, 255])", "\"it is 1.00, 3 of ff\""},
      {"'%s'.format([[1, 'a', {'k': true}]])", "\"[1, a, {k: true}]\""},
      {"'x'.matches('(')", "refused: column 13: the pattern is wrong: missing ): (; write RE2 syntax"},
  });
}

TEST(Expression, WorksOnNumbersAndBits) {
  expect_all({
      {"math.greatest(1, 2u, 1.5)", "2"},
      {"math.least([3, 1, 2])", "1"},
      {"math.greatest(record.Amount, 2000)", "2000"},
      {"math.abs(-5)", "5"},
      {"math.abs(-record.Amount)", "1234.50"},
      {"math.ceil(1.2)", "2"},
      {"math.floor(-1.2)", "-2"},
      {"math.round(2.5)", "3"},
      {"math.round(record.Amount)", "1235"},
      {"math.trunc(-1.9)", "-1"},
      {"math.sign(-0.1)", "-1"},
      {"math.sqrt(9)", "3"},
      {"math.isNaN(0.0 / 0.0) && math.isInf(1.0 / 0.0) && math.isFinite(1.0)", "true"},
      {"math.bitAnd(6, 3)", "2"},
      {"math.bitOr(6, 3)", "7"},
      {"math.bitXor(6, 3)", "5"},
      {"math.bitNot(0)", "-1"},
      {"math.bitShiftLeft(1, 4)", "16"},
      {"math.bitShiftRight(16, 4)", "1"},
      {"9223372036854775807 + 1", "fault: leaves the range of its type (column 21)"},
      {"-9223372036854775807 - 2", "fault: leaves the range of its type (column 22)"},
      {"4611686018427387904 * 2", "fault: leaves the range of its type (column 21)"},
      {"-9223372036854775808 / -1", "fault: leaves the range of its type (column 22)"},
      {"-9223372036854775808 % -1", "fault: leaves the range of its type (column 22)"},
      {"18446744073709551615u + 1u", "fault: leaves the range of its type (column 23)"},
      {"1u - 2u", "fault: leaves the range of its type (column 4)"},
      {"size('abc') >= 3 && size('abc') <= 3 && 1.5 >= 1.5 && 1.5 <= 1.5", "true"},
      {"size('abc') > 3 || size('abc') < 3 || 1.5 > 1.5 || 1.5 < 1.5", "false"},
      {"5 % 0", "fault: divides by zero (column 3)"},
  });
}

TEST(Expression, WorksOnTimes) {
  expect_all({
      {"timestamp(record.Created).getFullYear()", "2024"},
      {"timestamp(record.Created).getMonth()", "1"},
      {"timestamp(record.Created).getDate()", "29"},
      {"timestamp(record.Created).getDayOfMonth('Asia/Tokyo')", "0"},
      {"timestamp(record.Created).getDayOfWeek()", "4"},
      {"timestamp(record.Created).getDayOfYear()", "59"},
      {"timestamp(record.Created).getHours('+02:00')", "0"},
      {"timestamp(record.Created).getMinutes()", "30"},
      {"timestamp(record.Created).getSeconds()", "0"},
      {"timestamp(record.Created).getMilliseconds()", "250"},
      {"timestamp(record.Created).getHours('Nowhere')", "fault: has an argument out of its range (column 27)"},
      {"timestamp(record.Created) + duration('1h')", "\"2024-02-29T23:30:00.250Z\""},
      {"timestamp(record.Created) - timestamp('2024-02-29T00:00:00Z')", "\"81000.25s\""},
      {"timestamp('1969-12-28T12:00:00Z').getDayOfWeek()", "0"},
      {"timestamp('1969-12-31T23:59:58.500Z') + duration('0.25s')", "\"1969-12-31T23:59:58.750Z\""},
      {"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "fault: leaves the range of its type (column 35)"},
      {"duration('90m').getHours()", "1"},
      {"duration('90m').getMinutes()", "90"},
      {"duration('1.5s').getSeconds()", "1"},
      {"duration('1.5s').getMilliseconds()", "500"},
      {"-duration('1.5s')", "\"-1.5s\""},
      {"string(timestamp(record.Created))", "\"2024-02-29T22:30:00.25Z\""},
  });
}

TEST(Expression, WorksOnListsAndMaps) {
  expect_all({
      {"[1, 2] + [3]", "[1,2,3]"},
      {"{'a': 1, 'b': [true]}", R"({"a":1,"b":[true]})"},
      {"{'a': 1}.a + {'b': 2}['b']", "3"},
      {"{'a': 1}['b']", "fault: asks for a key that is not there (column 9)"},
      {"[1, 2][record.Rate]", "fault: asks for an index that is not there (column 7)"},
      {"[1, 2][2]", "fault: asks for an index that is not there (column 7)"},
      {"{1: 'one'}[record.Lines[1].qty]", "\"one\""},
      {"{'a': 1, 'a': 2}", "fault: has one key twice (column 1)"},
      {"'new' in record.Tags && !('old' in record.Tags)", "true"},
      {"[3, 1, 2].sort()", "[1,2,3]"},
      {"[1, 2, 1.0, 'a'].distinct()", R"([1,2,"a"])"},
      {"[1, 2, 3, 4].slice(1, 3)", "[2,3]"},
      {"[1, 2, 3].reverse()", "[3,2,1]"},
      {"[1.5, 2.5].sum()", "4"},
      {"[1, 2, 3].all(x, x > 0)", "true"},
      {"[1, 2, 3].exists_one(x, x > 2)", "true"},
      {"[1, 2, 3].exists_one(x, x > 1) || [1, 2, 3].exists_one(x, x > 3)", "false"},
      {"[1, 2, 3].map(x, x > 1, x * 2)", "[4,6]"},
      {"['a', 'b'].transformList(i, x, string(i) + x)", R"(["0a","1b"])"},
      {"{'a': 1}.transformMap(k, v, v + 1)", R"({"a":2})"},
      {"{'a': 1}.transformMapEntry(k, v, {string(v): k})", R"({"1":"a"})"},
      {"cel.bind(x, record.Name.size(), x * x)", "144"},
  });
}

TEST(Expression, ReadsInEachBranchWhatItNeeds) {
  expect_all({
      {"record.Active ? record.Name : record.Name + '!'", "\"Ada Lovelace\""},
      {"record.Rate > 1 ? record.Name : record.Name + '!'", "\"Ada Lovelace!\""},
      {"(record.Rate > 1 ? record.Amount : 1) + record.Amount", "1235.50"},
      {"(record.Rate > 1 && record.Amount > 1) || record.Amount < 2000", "true"},
      {"[].all(x, x == record.Name) && record.Name != ''", "true"},
  });
}

TEST(Expression, HoldsFaultsBackWhereLogicDecides) {
  expect_all({
      {"record.Amount / 0 > 1 || true", "true"},
      {"false && record.Name > 1", "false"},
      {"record.Gone.x == 1 || record.Active", "true"},
      {"record.Gone + 1 == 2 && record.Active",
       "fault: has operands of types that do not go together: null_type and int (column 13)"},
  });
}

TEST(Expression, RefusesWhatCannotWork) {
  expect_all({
      {"1 + 'a'",
       "refused: column 3: `+` does not go with int and string; convert one of them, for example with string() or "
       "decimal()"},
      {"1 +", "refused: column 4: a value was expected, not the end; complete what stands in front of it"},
      {"siz('a')", "refused: column 1: there is no function `siz`; did you mean `size`?"},
      {"size(1)", "refused: column 1: `size` cannot be called with (int); see docs/mapping.md, Expressions"},
      {"1 ? 2 : 3", "refused: column 3: a condition is a bool, not int; write a comparison"},
      {"'abc", "refused: column 1: this string does not end; close it with the quote that it begins with"},
      {"has(value)", "refused: column 1: has() asks for one member; write for example has(record.Name)"},
      {"Account{Name: 'x'}", "refused: column 8: there are no message types; write a map: {\"name\": value}"},
  });
}

TEST(Expression, KeepsToItsLimits) {
  const std::string wide = "[0,1,2,3,4,5,6,7,8,9]";
  std::string loops = "value == 'now'";
  for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}) loops = wide + ".all(" + name + ", " + loops + ")";
  EXPECT_EQ(result_of(loops), "fault: costs more than the limit (column 226)");
  EXPECT_EQ(result_of("['0123456789'].map(a, a+a+a+a+a+a+a+a).map(b, b+b+b+b+b+b+b+b).map(c, c+c+c+c+c+c+c+c)"
                      ".map(d, d+d+d+d+d+d+d+d).map(e, e+e+e+e+e+e+e+e).map(f, f+f+f+f+f+f+f+f).map(g, g+g+g+g+g+g+g+g)"
                      ".map(h, h+h+h+h+h+h+h+h).size()"),
            "fault: makes more data than the limit (column 168)");
  const std::string deep(200, '(');
  EXPECT_EQ(result_of(deep + "1" + std::string(200, ')')),
            "refused: column 129: the expression is nested deeper than 128 levels; split it up");
  EXPECT_EQ(result_of(std::string(1000, ' ') + "1", {.text_bytes_max = 100}),
            "refused: column 1: the expression has 1001 bytes, at most 100; split it up");
  std::string many = "value == ''";
  for (int i = 0; i < 1000; ++i) many += " || value == 'now'";
  EXPECT_EQ(result_of(many), "true");
}

TEST(Expression, KnowsWhatItGivesAndWhetherItCanFail) {
  struct Case {
    const char* text;
    std::optional<FieldType> type;
    bool can_fail;
  };
  const Case cases[] = {
      {"'a' + 'b'", FieldType::text, false},
      {"1 + 1", FieldType::integer, false},
      {"1 / 0", FieldType::integer, true},
      {"1.5", FieldType::number, false},
      {"0.0 / 0.0", FieldType::number, true},
      {"record.Name", std::nullopt, true},
      {"has(record.Name)", FieldType::boolean, false},
      {"value == 'a'", FieldType::boolean, true},
      {"has(record.Name) ? 'a' : 'b'", FieldType::text, false},
      {"decimal('1.5')", FieldType::number, false},
      {"timestamp(0)", FieldType::datetime, false},
      {"[1, 2]", FieldType::json, false},
  };
  for (const Case& one : cases) {
    const Expression expression = Expression::compile(one.text, sample_slot);
    EXPECT_EQ(expression.type(), one.type) << one.text;
    EXPECT_EQ(expression.can_fail(), one.can_fail) << one.text;
  }
}

}  // namespace
}  // namespace nexpo
