#include "http/network_guard.hpp"

#include <netinet/in.h>

#include <cstdint>
#include <cstring>

namespace nexpo::http {
namespace {

/// From where an address can be reached, and so whom it may belong to.
enum class Reach { everywhere, site, machine, never };

struct RangeV4 {
  uint32_t prefix;
  int bits;
  Reach reach;
};

// IANA's special-purpose registry, and the addresses at which clouds answer their guests. The first match counts.
constexpr RangeV4 kRangesV4[] = {
    {0x646464C8, 32, Reach::never},   // 100.100.100.200, Alibaba Cloud metadata
    {0xA83F8110, 32, Reach::never},   // 168.63.129.16, Azure host agent
    {0x00000000, 8, Reach::never},    // 0.0.0.0/8, which Linux takes for this machine
    {0x7F000000, 8, Reach::machine},  // 127.0.0.0/8
    {0xA9FE0000, 16, Reach::never},   // 169.254.0.0/16, link-local, with the metadata of most clouds
    {0x0A000000, 8, Reach::site},     // 10.0.0.0/8
    {0xAC100000, 12, Reach::site},    // 172.16.0.0/12
    {0xC0A80000, 16, Reach::site},    // 192.168.0.0/16
    {0x64400000, 10, Reach::site},    // 100.64.0.0/10, carrier NAT
    {0xC6120000, 15, Reach::site},    // 198.18.0.0/15, benchmarks
    {0xC0000000, 24, Reach::never},   // 192.0.0.0/24, protocol assignments, with Oracle Cloud metadata
    {0xC0000200, 24, Reach::never},   // 192.0.2.0/24, documentation
    {0xC6336400, 24, Reach::never},   // 198.51.100.0/24, documentation
    {0xCB007100, 24, Reach::never},   // 203.0.113.0/24, documentation
    {0xE0000000, 3, Reach::never},    // 224.0.0.0 and above: multicast, reserved, broadcast
};

struct BitsV6 {
  uint64_t high;
  uint64_t low;
};

struct RangeV6 {
  BitsV6 prefix;
  int bits;
  Reach reach;
};

constexpr RangeV6 kRangesV6[] = {
    {{0, 0}, 128, Reach::never},                        // ::
    {{0, 1}, 128, Reach::machine},                      // ::1
    {{0, 0}, 96, Reach::never},                         // ::/96, IPv4-compatible, long out of use
    {{0xFD000EC2'00000000, 0x254}, 128, Reach::never},  // fd00:ec2::254, AWS metadata
    {{0xFD2000CE'00000000, 0x254}, 128, Reach::never},  // fd20:ce::254, Google Cloud metadata
    {{0x0064FF9B'00010000, 0}, 48, Reach::site},        // 64:ff9b:1::/48, local NAT64
    {{0x01000000'00000000, 0}, 64, Reach::never},       // 100::/64, discard
    {{0x20010000'00000000, 0}, 32, Reach::never},       // 2001::/32, Teredo
    {{0x20010DB8'00000000, 0}, 32, Reach::never},       // 2001:db8::/32, documentation
    {{0xFC000000'00000000, 0}, 7, Reach::site},         // fc00::/7, unique-local
    {{0xFEC00000'00000000, 0}, 10, Reach::site},        // fec0::/10, site-local, out of use
    {{0xFE800000'00000000, 0}, 10, Reach::never},       // fe80::/10, link-local
    {{0xFF000000'00000000, 0}, 8, Reach::never},        // ff00::/8, multicast
};

/// True if the first `bits` (1 to 64) of both are the same.
bool same_start(uint64_t left, uint64_t right, int bits) { return ((left ^ right) >> (64 - bits)) == 0; }

bool in_range(const BitsV6& address, const RangeV6& range) {
  if (range.bits <= 64) return same_start(address.high, range.prefix.high, range.bits);
  return address.high == range.prefix.high && same_start(address.low, range.prefix.low, range.bits - 64);
}

Reach reach_of(uint32_t address) {
  for (const RangeV4& range : kRangesV4)
    if (((address ^ range.prefix) >> (32 - range.bits)) == 0) return range.reach;
  return Reach::everywhere;
}

Reach reach_of(const BitsV6& address) {
  const bool mapped = address.high == 0 && (address.low >> 32) == 0xFFFF;              // ::ffff:0:0/96
  const bool nat64 = address.high == 0x0064FF9B'00000000 && (address.low >> 32) == 0;  // 64:ff9b::/96
  if (mapped || nat64) return reach_of(static_cast<uint32_t>(address.low));
  if ((address.high >> 48) == 0x2002) return reach_of(static_cast<uint32_t>(address.high >> 16));  // 2002::/16, 6to4
  for (const RangeV6& range : kRangesV6)
    if (in_range(address, range)) return range.reach;
  return Reach::everywhere;
}

uint64_t big_endian(const uint8_t* bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

Reach reach_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return reach_of(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    const BitsV6 bits{big_endian(v6.sin6_addr.s6_addr), big_endian(v6.sin6_addr.s6_addr + 8)};
    return reach_of(bits);
  }
  return Reach::never;
}

}  // namespace

bool allowed(const sockaddr& address, const NetworkPolicy& policy) {
  switch (reach_of(address)) {
    case Reach::everywhere: return true;
    case Reach::site: return policy.allow_private;
    case Reach::machine: return policy.allow_loopback;
    case Reach::never: return false;
  }
  return false;
}

}  // namespace nexpo::http
