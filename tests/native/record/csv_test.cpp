#include <gmock/gmock.h>

#include "base/error.hpp"
#include "record/csv.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;
using Rows = std::vector<std::vector<std::string>>;

Shape shape_of(std::vector<std::string> names) {
  return std::make_shared<const std::vector<std::string>>(std::move(names));
}

std::string shown(Value value) {
  if (value.is(ValueKind::unset)) return "<unset>";
  if (value.is(ValueKind::null)) return "<null>";
  EXPECT_TRUE(value.is(ValueKind::text));
  return std::string(value.view());
}

Rows rows_of(const std::vector<RecordBatch>& batches) {
  Rows rows;
  for (const RecordBatch& batch : batches) {
    for (size_t row = 0; row < batch.size(); ++row) {
      auto& cells = rows.emplace_back();
      for (const Value& cell : batch.row(row)) cells.push_back(shown(cell));
    }
  }
  return rows;
}

// Every chunk goes into a batch of its own; all batches are read after the decoder is gone.
Rows decode(const std::vector<std::string>& chunks, const Shape& shape, size_t rows_max = 1'000,
            CsvDecoder::Options options = {}) {
  std::vector<RecordBatch> batches;
  const auto next_batch = [&]() -> RecordBatch& { return batches.emplace_back(shape, std::make_shared<Arena>()); };
  {
    CsvDecoder decoder(shape, options);
    for (const std::string& chunk : chunks) {
      decoder.feed(chunk, next_batch(), rows_max);
      while (decoder.has_row()) decoder.feed("", next_batch(), rows_max);
    }
    decoder.finish(next_batch());
  }
  return rows_of(batches);
}

std::string fault_of(std::string text, CsvDecoder::Options options = {}, ErrorKind kind = ErrorKind::invalid) {
  try {
    decode({std::move(text)}, shape_of({"a"}), 1'000, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.message();
  }
  return "no fault";
}

const std::string kNasty =
    "\xEF\xBB\xBFId,Name,\"Owner.Name\",Note\r\n"
    "1,plain,\"quo\"\"ted\"\"\",\"\"\r\n"
    "2,\"a,b\",\"line\r\nbreak\nhere\",NA\n"
    "\r\n"
    "3,#N/A,😀€é,\"\"\"\"\n"
    "4,,\" \",in\"side\r\n"
    "5," +
    std::string("x\0y", 3) + ",\xff\xfe,\"" + std::string(60, 'z') + "\"\"" + std::string(60, 'z') + "\"";

const Rows kNastyRows = {
    {"1", "plain", "quo\"ted\"", "<null>"},
    {"2", "a,b", "line\r\nbreak\nhere", "NA"},
    {"3", "#N/A", "😀€é", "\""},
    {"4", "<null>", " ", "in\"side"},
    {"5", std::string("x\0y", 3), "\xff\xfe", std::string(60, 'z') + "\"" + std::string(60, 'z')},
};

const Shape kNastyShape = shape_of({"Id", "name", "Owner.Name", "NOTE"});

TEST(CsvDecoder, ReadsTheNastyTextWhole) { EXPECT_EQ(decode({kNasty}, kNastyShape), kNastyRows); }

TEST(CsvDecoder, ReadsTheNastyTextCutIntoTwoAtEveryPlace) {
  for (size_t cut = 0; cut <= kNasty.size(); ++cut) {
    ASSERT_EQ(decode({kNasty.substr(0, cut), kNasty.substr(cut)}, kNastyShape), kNastyRows) << cut;
  }
}

TEST(CsvDecoder, ReadsTheNastyTextInPiecesOfEverySizeAndPagesOfEverySize) {
  for (size_t size = 1; size < 40; ++size) {
    std::vector<std::string> chunks;
    for (size_t at = 0; at < kNasty.size(); at += size) chunks.push_back(kNasty.substr(at, size));
    for (const size_t rows_max : {1u, 2u, 100u}) {
      ASSERT_EQ(decode(chunks, kNastyShape, rows_max), kNastyRows) << size << ' ' << rows_max;
    }
  }
}

TEST(CsvDecoder, CarriesRowsOverTheEndOfItsBlocks) {
  std::string text = "a,b\n";
  Rows rows;
  for (int i = 0; i < 20'000; ++i) {
    rows.push_back({std::to_string(i), "say \"" + std::string(static_cast<size_t>(i % 97), 'x')});
    text += std::to_string(i) + ",\"say \"\"" + std::string(static_cast<size_t>(i % 97), 'x') + "\"\n";
  }
  std::vector<std::string> chunks;
  for (size_t at = 0; at < text.size(); at += 16'000) chunks.push_back(text.substr(at, 16'000));
  EXPECT_EQ(decode(chunks, shape_of({"a", "b"}), 200), rows);
}

TEST(CsvDecoder, TakesACellOfTenMegabytesInSmallPieces) {
  const std::string large(10'000'000, 'x');
  std::vector<std::string> chunks = {"a\n\""};
  for (size_t at = 0; at < large.size(); at += 16'384) chunks.push_back(large.substr(at, 16'384));
  chunks.push_back("\"");
  EXPECT_EQ(decode(chunks, shape_of({"a"})), Rows{{large}});
}

TEST(CsvDecoder, GivesNothingForAnEmptyBodyAndForABareHeader) {
  EXPECT_EQ(decode({""}, shape_of({"a"})), Rows{});
  EXPECT_EQ(decode({"a,b"}, shape_of({"a"})), Rows{});
  EXPECT_EQ(decode({"\"a\",\"b\"\n"}, shape_of({"a"})), Rows{});
}

TEST(CsvDecoder, LeavesAPathWithoutColumnUnsetAndSkipsColumnsNobodyWants) {
  EXPECT_EQ(decode({"x,a\n1,2\n"}, shape_of({"a", "missing", "a[0]"})), (Rows{{"2", "<unset>", "<unset>"}}));
}

TEST(CsvDecoder, ReadsOtherDelimitersAndAnEmptyCellAtTheEnd) {
  CsvDecoder::Options options;
  options.delimiter = ';';
  EXPECT_EQ(decode({"a;b\n1,5;\n;"}, shape_of({"a", "b"}), 10, options),
            (Rows{{"1,5", "<null>"}, {"<null>", "<null>"}}));
}

TEST(CsvDecoder, SaysWhichRowIsBroken) {
  EXPECT_THAT(fault_of("a,b\n1,2\n1,2,3\n"), HasSubstr("CSV row 3 has 3 cells, the header has 2"));
  EXPECT_THAT(fault_of("a\n\"x\"y\n"), HasSubstr("CSV row 2: a closing quote is followed by"));
  CsvDecoder::Options options;
  options.cell_bytes_max = 10;
  EXPECT_THAT(fault_of("a\n\"12345678901", options), HasSubstr("CSV row 2: a cell is larger than 10 bytes"));
  EXPECT_THAT(fault_of("a\n12345678901", options), HasSubstr("CSV row 2: a cell is larger than 10 bytes"));
}

TEST(CsvDecoder, CallsABodyThatWasCutInsideQuotesUnavailable) {
  EXPECT_THAT(fault_of("a\n1\n\"cut", {}, ErrorKind::unavailable), HasSubstr("inside a quoted cell of row 3"));
}

TEST(CsvDecoder, ShowsTheHeaderOnceItIsRead) {
  CsvDecoder decoder(shape_of({"a"}), {});
  RecordBatch batch(shape_of({"a"}), std::make_shared<Arena>());
  decoder.feed("a,\"B \"\"", batch, 10);
  EXPECT_TRUE(decoder.header().empty());
  decoder.feed("b\"\"\"\n", batch, 10);
  EXPECT_EQ(decoder.header(), (std::vector<std::string>{"a", "B \"b\""}));
}

TEST(CsvWriter, QuotesOnlyWhatNeedsItAndReadsBack) {
  const std::vector<std::string> cells = {"plain", "a,b", "say \"x\"", "two\nlines", "cr\rcr", std::string("n\0l", 3),
                                          "😀"};
  std::string text = "a\n";
  for (const std::string& cell : cells) {
    append_csv_cell(text, cell);
    text += '\n';
  }
  EXPECT_THAT(text, HasSubstr("\nplain\n\"a,b\"\n\"say \"\"x\"\"\"\n"));
  Rows rows;
  for (const std::string& cell : cells) rows.push_back({cell});
  EXPECT_EQ(decode({text}, shape_of({"a"})), rows);
}

}  // namespace
}  // namespace nexpo
