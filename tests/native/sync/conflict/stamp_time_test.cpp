// Change stamps as moments.
#include "sync/conflict/stamp_time.hpp"

#include <gtest/gtest.h>

namespace nexpo {
namespace {

TEST(StampTime, IsOneMomentInEveryZone) {
  const Time eleven{std::chrono::seconds(1'704'193'200)};  // 2024-01-02T11:00:00Z
  EXPECT_EQ(stamp_time("2024-01-02T11:00:00.000Z"), eleven);
  EXPECT_EQ(stamp_time("2024-01-02T11:00:00.000+0000"), eleven);
  EXPECT_EQ(stamp_time("2024-01-02T13:00:00+02:00"), eleven);
  EXPECT_EQ(stamp_time("2024-01-02T07:30:00-03:30"), eleven);
  EXPECT_EQ(stamp_time("2024-01-02 11:00:00.000001+00"), eleven + std::chrono::microseconds(1));
}

TEST(StampTime, IsNothingWhereItIsNoMoment) {
  for (const char* const stamp : {"", "17", "2024-01-02", "2024-01-02T11:00:00", "2024-13-02T11:00:00Z"})
    EXPECT_FALSE(stamp_time(stamp)) << stamp;
}

}  // namespace
}  // namespace nexpo
