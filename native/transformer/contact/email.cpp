#include "transformer/contact/email.hpp"

#include <algorithm>

#include "transformer/contact/host_name.hpp"

namespace nexpo {
namespace {

// RFC 5321, 4.5.3.1: the local part, and a path without its angle brackets.
constexpr size_t kLocalBytesMax = 64;
constexpr size_t kAddressBytesMax = 254;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string_view local_fault(std::string_view local) {
  constexpr std::string_view kSymbols = ".!#$%&'*+/=?^_`{|}~-";
  if (local.empty()) return "has nothing in front of the @";
  if (local.size() > kLocalBytesMax) return "has more than 64 bytes in front of the @";
  if (local.front() == '"') return "is in quotes, which no mail form takes";
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
    return "has a dot at the edge or beside another one in front of the @";
  const auto allowed = [&](char c) { return is_alphanumeric(c) || kSymbols.find(c) != std::string_view::npos; };
  return std::all_of(local.begin(), local.end(), allowed) ? "" : "has a character that an address cannot hold";
}

}  // namespace

std::string_view canonical_email(std::string_view text, std::string& out) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
  text.remove_prefix(begin);
  text = text.substr(0, text.find_last_not_of(kSpace) + 1);
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos) return "has no @";
  if (const std::string_view fault = local_fault(text.substr(0, at)); !fault.empty()) return fault;
  if (text.size() > kAddressBytesMax) return "has more than 254 bytes";
  out.assign(text, 0, at + 1);
  const std::string_view fault = append_host_name(text.substr(at + 1), out);
  if (!fault.empty()) return fault;
  return out.find('.', at) == std::string::npos ? "has a domain without a dot" : "";
}

}  // namespace nexpo
