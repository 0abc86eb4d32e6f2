#include "transformer/contact/web_address.hpp"

#include <algorithm>
#include <utility>

#include <arpa/inet.h>

#include "record/utf8.hpp"
#include "transformer/contact/host_name.hpp"

namespace nexpo {
namespace {

constexpr size_t kAddressBytesMax = 8'000;  // what RFC 9110, 4.1 asks every recipient to take
constexpr int kPortMax = 65'535;
constexpr std::string_view kSubDelims = "!$&'()*+,;=";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_unreserved(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void append_encoded(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

// One component: %XX of unreserved characters is resolved, other %XX in upper case, what may not stand bare encoded.
// False for a % without two digits.
bool append_component(std::string& out, std::string_view text, std::string_view bare) {
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '%') {
      is_unreserved(c) || kSubDelims.find(c) != std::string_view::npos || bare.find(c) != std::string_view::npos
          ? void(out += c)
          : append_encoded(out, c);
      continue;
    }
    const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
    if (high < 0 || low < 0) return false;
    const char meant = static_cast<char>(high * 16 + low);
    is_unreserved(meant) ? void(out += meant) : append_encoded(out, meant);
    at += 2;
  }
  return true;
}

// RFC 3986, 5.2.4, in place, on the path that begins at `begin` with a slash.
void remove_dot_segments(std::string& out, size_t begin) {
  size_t read = begin, write = begin;
  while (read < out.size()) {
    const size_t end = std::min(out.find('/', read + 1), out.size());
    const std::string_view segment = std::string_view(out).substr(read, end - read);
    const bool last = end == out.size();
    if (segment == "/." || segment == "/..") {
      if (segment == "/..")
        while (write > begin && out[--write] != '/') {
        }
      if (last) out[write++] = '/';
    } else {
      std::copy(out.begin() + static_cast<std::ptrdiff_t>(read), out.begin() + static_cast<std::ptrdiff_t>(end),
                out.begin() + static_cast<std::ptrdiff_t>(write));
      write += end - read;
    }
    read = end;
  }
  out.resize(write);
}

std::string_view default_port(std::string_view scheme) {
  constexpr std::pair<std::string_view, std::string_view> kPorts[] = {
      {"http", "80"}, {"https", "443"}, {"ws", "80"}, {"wss", "443"}, {"ftp", "21"}};
  for (const auto& [known, port] : kPorts) {
    if (known == scheme) return port;
  }
  return "";
}

std::string_view append_host(std::string_view host, std::string& out) {
  if (!host.starts_with('[')) return append_host_name(host, out);
  in6_addr address{};
  const std::string inner(host.substr(1, host.size() - 2));
  if (!host.ends_with(']') || inet_pton(AF_INET6, inner.c_str(), &address) != 1) return "has an IPv6 host that is none";
  std::transform(host.begin(), host.end(), std::back_inserter(out), lower);
  return "";
}

std::string_view append_port(std::string_view port, std::string_view scheme, std::string& out) {
  int number = 0;
  for (const char c : port) {
    if (!is_digit(c) || (number = number * 10 + (c - '0')) > kPortMax) return "has a port that is none";
  }
  port.remove_prefix(std::min(port.find_first_not_of('0'), port.size()));
  if (port.empty() || port == default_port(scheme)) return "";
  out.append(":").append(port);
  return "";
}

std::string_view append_authority(std::string_view authority, std::string_view scheme, std::string& out) {
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (!append_component(out, authority.substr(0, at), ":")) return "has a % without two hexadecimal digits";
    out += '@';
    authority.remove_prefix(at + 1);
  }
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view fault = append_host(authority.substr(0, colon), out);
  if (!fault.empty() || colon == std::string_view::npos) return fault;
  return append_port(authority.substr(colon + 1), scheme, out);
}

// Cuts off what stands in front of the first of `marks`.
std::string_view take_until(std::string_view& text, std::string_view marks) {
  const size_t end = std::min(text.find_first_of(marks), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

// "https://" of `text`, in lower case, or the default one. Empty: it has none.
std::string take_scheme(std::string_view& text, const WebAddressRule& rule) {
  const size_t size = text.find("://");
  const bool has_scheme =
      size != std::string_view::npos && size > 0 && is_letter(text[0]) && text.find_first_of("/?#") == size + 1;
  if (!has_scheme) {
    if (text.starts_with("//")) text.remove_prefix(2);
    const bool other = text.substr(0, text.find_first_of("/?#")).find('@') != std::string_view::npos;  // mailto:a@b
    return other ? "" : rule.default_scheme;
  }
  std::string scheme(text.substr(0, size));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
  text.remove_prefix(size + 3);
  return scheme;
}

}  // namespace

std::string_view canonical_web_address(std::string_view text, const WebAddressRule& rule, std::string& out) {
  constexpr std::string_view kSpace = " \t\r\n";
  constexpr std::string_view kBadPercent = "has a % without two hexadecimal digits";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  text = text.substr(0, text.find_last_not_of(kSpace) + 1);
  if (text.size() > kAddressBytesMax) return "has more than 8000 bytes";
  if (!is_utf8(text)) return "is not UTF-8";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), is_control)) return "has a control character";
  const std::string scheme = take_scheme(text, rule);
  if (scheme.empty()) return "has no scheme such as https://";
  if (std::find(rule.schemes.begin(), rule.schemes.end(), scheme) == rule.schemes.end())
    return "has a scheme that is not taken here";
  out.assign(scheme).append("://");
  if (const auto fault = append_authority(take_until(text, "/?#"), scheme, out); !fault.empty()) return fault;
  const size_t path_begin = out.size();
  if (!text.starts_with('/')) out += '/';
  if (!append_component(out, take_until(text, "?#"), "/:@")) return kBadPercent;
  remove_dot_segments(out, path_begin);
  if (!append_component(out, take_until(text, "#"), "/:@?")) return kBadPercent;
  if (text.empty() || !rule.keeps_fragment) return "";
  out += '#';
  return append_component(out, text.substr(1), "/:@?") ? "" : kBadPercent;
}

}  // namespace nexpo
