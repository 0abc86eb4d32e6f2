#include "http/url.hpp"

#include <algorithm>
#include <cctype>

#include "base/error.hpp"

namespace nexpo::http {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

[[noreturn]] void refuse(std::string_view url, std::string_view fault) {
  throw Error(ErrorKind::invalid, "the URL \"" + printable_url(url) + "\" " + std::string(fault));
}

bool is_unreserved(unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~'; }

/// Where the authority ends: at the path, query or fragment.
size_t end_of_authority(std::string_view text, size_t begin) {
  return std::min(text.find_first_of("/?#\\", begin), text.size());
}

/// Splits "host:port" and "[::1]:port".
void split_host(std::string_view url, std::string_view authority, Url& result) {
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) refuse(url, "has a \"[\" without \"]\"");
  const size_t colon = authority.find(':', bracket);
  result.host = lower(authority.substr(0, colon));
  if (result.host.empty()) refuse(url, "has no host");
  if (colon == std::string_view::npos) return;
  result.port = authority.substr(colon + 1);
  const bool digits = std::all_of(result.port.begin(), result.port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || result.port.size() > 5 || (!result.port.empty() && std::stoi(result.port) > 65535))
    refuse(url, "has a port that is not a number up to 65535");
  if (result.port == (result.scheme == "https" ? "443" : "80")) result.port.clear();
}

}  // namespace

std::string Url::origin() const { return scheme + "://" + host + (port.empty() ? "" : ":" + port); }

Url parse_url(std::string_view text) {
  const auto is_control = [](unsigned char c) { return c <= ' ' || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), is_control)) refuse(text, "has a space or control character in it");
  if (!is_absolute_url(text)) refuse(text, "must begin with https:// or http://");
  Url url;
  const size_t colon = text.find(':');
  url.scheme = lower(text.substr(0, colon));
  const size_t begin = colon + 3;
  const size_t end = end_of_authority(text, begin);
  std::string_view authority = text.substr(begin, end - begin);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  split_host(text, authority, url);
  std::string_view rest = text.substr(end);
  rest = rest.substr(0, rest.find('#'));
  const size_t question = std::min(rest.find('?'), rest.size());
  url.path = rest.substr(0, question);
  if (url.path.empty()) url.path = "/";
  if (url.path.front() != '/') refuse(text, "has a \"\\\" where a \"/\" belongs");
  if (question < rest.size()) url.query = rest.substr(question + 1);
  return url;
}

std::string encode_component(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string result;
  result.reserve(text.size() + text.size() / 2);
  for (const unsigned char c : text) {
    if (is_unreserved(c)) {
      result += static_cast<char>(c);
    } else {
      result += '%';
      result += kHex[c >> 4];
      result += kHex[c & 15];
    }
  }
  return result;
}

std::string encode_query(std::initializer_list<QueryItem> items) {
  std::string result;
  for (const auto& [name, value] : items) {
    if (!result.empty()) result += '&';
    result += encode_component(name) + '=' + encode_component(value);
  }
  return result;
}

std::string with_query(std::string_view url, std::initializer_list<QueryItem> items) {
  std::string result(url.substr(0, url.find('#')));
  const size_t question = result.find('?');
  if (question == std::string::npos) {
    result += '?';
  } else if (question + 1 < result.size() && result.back() != '&') {
    result += '&';
  }
  return result + encode_query(items);
}

std::string join_url(std::string_view base, std::string_view reference) {
  if (is_absolute_url(reference)) return std::string(reference);
  const Url from = parse_url(base);
  // "//host/path" would leave the host of `base`: nothing of ours writes such a reference, so it is an attack or a bug.
  if (reference.starts_with("//")) refuse(reference, "names another host without a scheme");
  if (reference.starts_with('/')) return from.origin() + std::string(reference);
  std::string path = from.path;
  if (!path.ends_with('/')) path += '/';
  return from.origin() + path + std::string(reference);
}

bool is_absolute_url(std::string_view text) {
  const std::string start = lower(text.substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://");
}

std::string printable_url(std::string_view text) {
  text = text.substr(0, text.find_first_of("?#"));
  const size_t scheme = text.find("://");
  const size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t at = text.substr(begin, end_of_authority(text, begin) - begin).rfind('@');
  std::string result(text.substr(0, begin));
  result += text.substr(at == std::string_view::npos ? begin : begin + at + 1);
  std::replace_if(
      result.begin(), result.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, '?');
  return result;
}

}  // namespace nexpo::http
