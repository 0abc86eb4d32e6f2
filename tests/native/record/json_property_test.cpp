// Random documents, with nlohmann::json as the oracle.
#include <memory>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "record/json.hpp"

namespace nexpo {
namespace {

using Json = nlohmann::json;

class RandomJson {
 public:
  explicit RandomJson(uint64_t seed) : random_(seed) {}

  size_t below(size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random_); }

  Json value(int depth) {
    switch (below(depth > 0 ? 8 : 6)) {
      case 0: return nullptr;
      case 1: return below(2) == 0;
      case 2: return static_cast<int64_t>(random_());
      case 3: return static_cast<int64_t>(below(100'000)) / 8.0;
      case 4:
      case 5: return text();
      case 6: return object(depth - 1);
      default: return array(depth - 1);
    }
  }
  Json object(int depth) {
    Json object = Json::object();
    for (size_t left = below(6); left > 0; --left) object[name()] = value(depth);
    return object;
  }
  std::string name() { return std::string(1 + below(20), static_cast<char>('a' + below(4))); }

 private:
  Json array(int depth) {
    Json array = Json::array();
    for (size_t left = below(5); left > 0; --left) array.push_back(value(depth));
    return array;
  }
  std::string text() {
    static const std::string pieces[] = {"a",    "\"", "\\", "\n",  std::string(1, '\0'), "é", "€", "😀", " ",
                                         "\x1f", "/",  "{[", "]},:"};
    std::string text;
    for (size_t left = below(40); left > 0; --left) text += pieces[below(std::size(pieces))];
    return text;
  }

  std::mt19937_64 random_;
};

Value as_value(const Json& json, std::string& memory) {
  if (json.is_null()) return Value::null();
  memory = json.is_string() ? json.get<std::string>() : json.dump();
  if (json.is_string()) return Value::text(memory);
  if (json.is_boolean()) return Value::boolean(json.get<bool>());
  return json.is_number() ? Value::number(memory) : Value::json(memory);
}

TEST(JsonProperties, EveryMemberOfARandomRecordIsReadAsTheOracleReadsIt) {
  for (uint64_t seed = 0; seed < 2'000; ++seed) {
    RandomJson random(seed);
    Json record = random.object(4);
    std::vector<std::string> paths;
    for (const auto& member : record.items()) paths.push_back(member.key());
    paths.push_back("missing");
    Selection selection(paths);
    RecordBatch batch(selection.shape(), std::make_shared<Arena>());
    const bool ascii = random.below(2) == 0;
    const std::string text = record.dump(-1, ' ', ascii);
    JsonDecoder().decode_record(batch.arena()->adopt(text), selection, batch);
    for (size_t slot = 0; slot + 1 < paths.size(); ++slot) {
      const Value value = batch.row(0)[slot];
      const Json& wanted = record[paths[slot]];
      std::string memory;
      if (wanted.is_structured()) {
        EXPECT_TRUE(value.is(ValueKind::json) && Json::parse(value.view()) == wanted) << "seed " << seed;
      } else {
        EXPECT_EQ(value, as_value(wanted, memory)) << "seed " << seed;
      }
    }
    EXPECT_EQ(batch.row(0).back(), Value());
    std::string written;
    append_json_row(written, batch, 0);
    EXPECT_EQ(Json::parse(written), record) << "seed " << seed;
  }
}

TEST(JsonProperties, WhiteSpaceBetweenTokensChangesNothing) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    RandomJson random(seed);
    const Json record = random.object(4);
    const auto read = [&](const std::string& text) {
      Selection selection({"a", "b", "c", "d", "aa.b", "b[1]", "c[*].a"});
      RecordBatch batch(selection.shape(), std::make_shared<Arena>());
      JsonDecoder().decode_record(batch.arena()->adopt(text), selection, batch);
      std::vector<std::string> cells;
      for (const Value& cell : batch.row(0)) {
        cells.push_back(cell.is(ValueKind::json) ? Json::parse(cell.view()).dump() : std::string(cell.view()));
        cells.push_back(std::to_string(static_cast<int>(cell.kind())));
      }
      return cells;
    };
    EXPECT_EQ(read(record.dump()), read(record.dump(3, '\t'))) << "seed " << seed;
  }
}

// An exact allocation: the address sanitizer sees a single byte read behind it.
TEST(JsonProperties, ATextNeedsNoPaddingWhetherItIsWholeOrCut) {
  size_t whole = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    RandomJson random(seed);
    const std::string text = random.object(3).dump();
    for (size_t size : {text.size(), random.below(text.size()), text.size() - 1}) {
      const std::unique_ptr<char[]> exact(new char[size]);
      std::copy_n(text.data(), size, exact.get());
      Selection selection({"a", "bb", "ccc.d", "d[0]", "aaaa[*].b"});
      RecordBatch batch(selection.shape(), std::make_shared<Arena>());
      try {
        JsonDecoder().decode_record({exact.get(), size}, selection, batch);
        ++whole;
        EXPECT_EQ(size, text.size()) << "seed " << seed;
      } catch (const Error& error) {
        EXPECT_LT(size, text.size()) << "seed " << seed << ": " << error.message();
      }
    }
  }
  EXPECT_EQ(whole, 500u);
}

TEST(JsonProperties, AMutatedRecordIsReadOrRefusedAndWantedPartsOnlyIfTheyAreValid) {
  size_t refused = 0;
  for (uint64_t seed = 0; seed < 20'000; ++seed) {
    RandomJson random(seed);
    std::string text = Json{{"all", random.object(3)}}.dump();
    const size_t at = random.below(text.size());
    static const std::string odd = "{}[]:,\"\\ 1-.x\x01\xff";
    switch (random.below(3)) {
      case 0: text[at] = odd[random.below(odd.size())]; break;
      case 1: text.erase(at, 1); break;
      default: text.insert(at, 1, odd[random.below(odd.size())]);
    }
    Selection selection({"all", "all.a", "all.b[0]"});
    RecordBatch batch(selection.shape(), std::make_shared<Arena>());
    bool taken = true;
    try {
      JsonDecoder().decode_record(batch.arena()->adopt(text), selection, batch);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid);
      taken = false;
      ++refused;
    }
    const Value all = batch.empty() ? Value() : batch.row(0)[0];
    if (taken && all.is(ValueKind::json)) {
      EXPECT_TRUE(Json::accept(all.view())) << "seed " << seed << ": " << text;
    }
    if (!taken) {
      // No exponent is ever mutated in: the oracle refuses numbers that a double cannot hold.
      EXPECT_FALSE(Json::accept(text)) << "seed " << seed << ": " << text;
    }
  }
  EXPECT_GT(refused, 5'000u);
}

}  // namespace
}  // namespace nexpo
