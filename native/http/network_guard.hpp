// NetworkGuard: which addresses may be connected to, so that a configured URL cannot reach into the host's network.
#pragma once

#include <sys/socket.h>

namespace nexpo::http {

/// Public addresses are always allowed. Link-local, multicast, reserved and cloud metadata addresses never are.
struct NetworkPolicy {
  bool allow_loopback = false;  ///< 127.0.0.0/8 and ::1
  bool allow_private = false;   ///< RFC 1918, shared (100.64.0.0/10), benchmark and unique-local networks
};

/// Judges an address as it is handed to connect(), after name resolution, so that no DNS answer gets around it.
/// An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as the IPv4 address.
bool allowed(const sockaddr& address, const NetworkPolicy& policy);

}  // namespace nexpo::http
