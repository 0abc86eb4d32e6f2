#include "http/gunzip.hpp"

#include <gtest/gtest.h>

#include "support/gzip.hpp"

namespace nexpo::http {
namespace {

constexpr size_t kNoLimit = std::string::npos;

std::string text_of(size_t size) {
  std::string text;
  for (size_t i = 0; text.size() < size; ++i) text += std::to_string(i * 2654435761U) + ',';
  text.resize(size);
  return text;
}

TEST(Gunzip, GivesTheTextBackHoweverItIsCut) {
  const std::string text = text_of(300'000);
  const std::string packed = gzip(text);
  for (const size_t step : {size_t{1}, size_t{7}, size_t{16'384}, packed.size()}) {
    Gunzip gunzip;
    std::string out;
    for (size_t at = 0; at < packed.size(); at += step) {
      EXPECT_FALSE(gunzip.complete());
      ASSERT_EQ(gunzip.feed(std::string_view(packed).substr(at, step), out, kNoLimit), Gunzip::Verdict::ok);
    }
    EXPECT_TRUE(gunzip.complete());
    EXPECT_EQ(out, text) << "in steps of " << step;
  }
}

TEST(Gunzip, IsNotCompleteWhenAnyByteOfTheEndIsMissing) {
  const std::string packed = gzip(text_of(10'000));
  for (size_t missing = 1; missing < 12; ++missing) {
    Gunzip gunzip;
    std::string out;
    gunzip.feed(std::string_view(packed).substr(0, packed.size() - missing), out, kNoLimit);
    EXPECT_FALSE(gunzip.complete()) << missing;
  }
}

TEST(Gunzip, NoticesADamagedChecksumAndWhatIsNoGzipAtAll) {
  std::string packed = gzip(text_of(10'000));
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
  Gunzip damaged;
  std::string out;
  EXPECT_EQ(damaged.feed(packed, out, kNoLimit), Gunzip::Verdict::corrupt);
  Gunzip foreign;
  EXPECT_EQ(foreign.feed("<html>not compressed</html>", out, kNoLimit), Gunzip::Verdict::corrupt);
}

TEST(Gunzip, ReadsSeveralMembersOneAfterTheOther) {
  Gunzip gunzip;
  std::string out;
  EXPECT_EQ(gunzip.feed(gzip("one,") + gzip("two"), out, kNoLimit), Gunzip::Verdict::ok);
  EXPECT_TRUE(gunzip.complete());
  EXPECT_EQ(out, "one,two");
}

TEST(Gunzip, StopsABombSoonAfterTheLimit) {
  const std::string bomb = gzip(std::string(200'000'000, '0'));
  Gunzip gunzip;
  std::string out;
  EXPECT_EQ(gunzip.feed(bomb, out, 1'000'000), Gunzip::Verdict::too_long);
  EXPECT_LT(out.size(), 1'100'000U);
}

}  // namespace
}  // namespace nexpo::http
