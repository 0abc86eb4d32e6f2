#include "http/network_guard.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <string>

namespace nexpo::http {
namespace {

bool allowed_text(const std::string& text, NetworkPolicy policy) {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr&>(storage);
  auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  const bool is_v6 = text.find(':') != std::string::npos;
  address.sa_family = is_v6 ? AF_INET6 : AF_INET;
  void* bytes = is_v6 ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr);
  EXPECT_EQ(inet_pton(address.sa_family, text.c_str(), bytes), 1) << text;
  return allowed(address, policy);
}

constexpr NetworkPolicy kStrict{};
constexpr NetworkPolicy kLoopback{.allow_loopback = true, .allow_private = false};
constexpr NetworkPolicy kPrivate{.allow_loopback = false, .allow_private = true};
constexpr NetworkPolicy kBoth{.allow_loopback = true, .allow_private = true};

struct Row {
  const char* address;
  bool strict, loopback, priv, both;
};

class NetworkGuardTable : public testing::TestWithParam<Row> {};

TEST_P(NetworkGuardTable, JudgesByPolicy) {
  const Row& row = GetParam();
  EXPECT_EQ(allowed_text(row.address, kStrict), row.strict) << row.address << " strict";
  EXPECT_EQ(allowed_text(row.address, kLoopback), row.loopback) << row.address << " with loopback";
  EXPECT_EQ(allowed_text(row.address, kPrivate), row.priv) << row.address << " with private";
  EXPECT_EQ(allowed_text(row.address, kBoth), row.both) << row.address << " with both";
}

#define PUBLIC(address) \
  Row { address, true, true, true, true }
#define LOOPBACK(address) \
  Row { address, false, true, false, true }
#define SITE(address) \
  Row { address, false, false, true, true }
#define NEVER(address) \
  Row { address, false, false, false, false }

INSTANTIATE_TEST_SUITE_P(
    Ipv4, NetworkGuardTable,
    testing::Values(PUBLIC("1.1.1.1"), PUBLIC("9.255.255.255"), PUBLIC("11.0.0.0"), PUBLIC("126.255.255.255"),
                    PUBLIC("128.0.0.0"), PUBLIC("172.15.255.255"), PUBLIC("172.32.0.0"), PUBLIC("192.167.255.255"),
                    PUBLIC("192.169.0.0"), PUBLIC("100.63.255.255"), PUBLIC("100.128.0.0"), PUBLIC("169.253.255.255"),
                    PUBLIC("169.255.0.0"), PUBLIC("223.255.255.255"), PUBLIC("168.63.129.15"), LOOPBACK("127.0.0.1"),
                    LOOPBACK("127.255.255.255"), SITE("10.0.0.0"), SITE("10.255.255.255"), SITE("172.16.0.0"),
                    SITE("172.31.255.255"), SITE("192.168.0.1"), SITE("100.64.0.0"), SITE("100.127.255.255"),
                    SITE("198.18.0.1"), SITE("198.19.255.255"), NEVER("0.0.0.0"), NEVER("0.1.2.3"),
                    NEVER("169.254.169.254"), NEVER("169.254.0.1"), NEVER("169.254.170.2"), NEVER("100.100.100.200"),
                    NEVER("168.63.129.16"), NEVER("192.0.0.192"), NEVER("192.0.2.1"), NEVER("198.51.100.1"),
                    NEVER("203.0.113.9"), NEVER("224.0.0.1"), NEVER("239.255.255.255"), NEVER("240.0.0.1"),
                    NEVER("255.255.255.255")));

INSTANTIATE_TEST_SUITE_P(
    Ipv6, NetworkGuardTable,
    testing::Values(PUBLIC("2606:4700:4700::1111"), PUBLIC("2a00:1450::1"), PUBLIC("64:ff9b::101:101"),
                    PUBLIC("::ffff:1.1.1.1"), PUBLIC("2002:101:101::1"), LOOPBACK("::1"), LOOPBACK("::ffff:127.0.0.1"),
                    LOOPBACK("2002:7f00:1::"), LOOPBACK("64:ff9b::7f00:1"), SITE("fc00::1"), SITE("fdff:ffff::1"),
                    SITE("fec0::1"), SITE("::ffff:10.0.0.1"), SITE("::ffff:192.168.1.1"), SITE("64:ff9b:1::1"),
                    SITE("64:ff9b::a00:1"), SITE("2002:a00:1::1"), NEVER("::"), NEVER("::2"), NEVER("::127.0.0.1"),
                    NEVER("::ffff:169.254.169.254"), NEVER("64:ff9b::a9fe:a9fe"), NEVER("2002:a9fe:a9fe::1"),
                    NEVER("::ffff:0.0.0.0"), NEVER("fd00:ec2::254"), NEVER("fd20:ce::254"), NEVER("fe80::1"),
                    NEVER("febf::1"), NEVER("ff02::1"), NEVER("2001::1"), NEVER("2001:db8::1"), NEVER("100::1")));

TEST(NetworkGuard, RefusesAddressFamiliesItDoesNotKnow) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(allowed(reinterpret_cast<const sockaddr&>(local), kBoth));
}

}  // namespace
}  // namespace nexpo::http
