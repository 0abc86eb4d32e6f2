#include "transformer/contact/host_name.hpp"

namespace nexpo {
namespace {

// RFC 1035, 2.3.4, less the length bytes.
constexpr size_t kLabelBytesMax = 63;
constexpr size_t kNameBytesMax = 253;

}  // namespace

std::string_view append_host_name(std::string_view name, std::string& out) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) return "has no domain";
  if (name.size() > kNameBytesMax) return "has a domain with more than 253 bytes";
  size_t label_begin = out.size();
  const auto label_ends = [&] {
    const size_t size = out.size() - label_begin;
    return size >= 1 && size <= kLabelBytesMax && out[label_begin] != '-' && out.back() != '-';
  };
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) return "has a domain beyond ASCII: write its xn-- form";
    if (c == '.') {
      if (!label_ends()) return "has a domain with a part that is empty, too long or has a hyphen at its edge";
      out += '.';
      label_begin = out.size();
    } else if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c | 0x20);
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') {
      out += c;
    } else {
      return "has a character that a domain cannot hold";
    }
  }
  return label_ends() ? "" : "has a domain with a part that is empty, too long or has a hyphen at its edge";
}

}  // namespace nexpo
