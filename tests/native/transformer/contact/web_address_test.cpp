#include <gmock/gmock.h>

#include "transformer/contact/web_address.hpp"
#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

std::string web(const std::string& text, const WebAddressRule& rule = {}) {
  std::string out;
  const std::string_view fault = canonical_web_address(text, rule, out);
  return fault.empty() ? out : std::string(fault);
}

TEST(WebAddress, HasOneSpelling) {
  const struct {
    const char *text, *result;
  } rows[] = {
      {"HTTP://Example.COM", "http://example.com/"},
      {"http://example.com:80/", "http://example.com/"},
      {"https://example.com:443", "https://example.com/"},
      {"https://example.com:8443/a", "https://example.com:8443/a"},
      {"https://example.com:", "https://example.com/"},
      {"https://example.com:0443/", "https://example.com/"},
      {" https://example.com/a ", "https://example.com/a"},
      {"https://example.com/a/./b/../c", "https://example.com/a/c"},
      {"https://example.com/a/..", "https://example.com/"},
      {"https://example.com/../../a", "https://example.com/a"},
      {"https://example.com/a/b/.", "https://example.com/a/b/"},
      {"https://example.com/a//b", "https://example.com/a//b"},
      {"https://example.com/%7Eada/%61%2e%2E/b", "https://example.com/~ada/a../b"},
      {"https://example.com/a/%2e%2E/b", "https://example.com/b"},
      {"https://example.com/a%2fb%c3%a9", "https://example.com/a%2Fb%C3%A9"},
      {"https://example.com/é ü", "https://example.com/%C3%A9%20%C3%BC"},
      {"https://example.com/a|b", "https://example.com/a%7Cb"},
      {"https://example.com?q=A b&r=%3d", "https://example.com/?q=A%20b&r=%3D"},
      {"https://example.com/?a/../b", "https://example.com/?a/../b"},
      {"https://example.com/a#Part%41", "https://example.com/a#PartA"},
      {"https://example.com/#", "https://example.com/#"},
      {"https://Ada:P%77@Example.com/", "https://Ada:Pw@example.com/"},
      {"https://[2001:DB8::1]:443/x", "https://[2001:db8::1]/x"},
      {"https://192.168.0.1/x", "https://192.168.0.1/x"},
      {"https://example.com./x", "https://example.com/x"},
      {"https://example.com/(a);b=1,2!*'$&+:@", "https://example.com/(a);b=1,2!*'$&+:@"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(web(row.text), row.result) << row.text;
    EXPECT_EQ(web(row.result), row.result) << "canonical again";
  }
}

TEST(WebAddress, SaysWhatIsWrong) {
  const struct {
    std::string text, fault;
  } rows[] = {
      {"", "has no scheme such as https://"},
      {"example.com", "has no scheme such as https://"},
      {"ftp://example.com", "has a scheme that is not taken here"},
      {"javascript:alert(1)", "has no scheme such as https://"},
      {"https://", "has no domain"},
      {"https:///a", "has no domain"},
      {"https://exa mple.com", "has a character that a domain cannot hold"},
      {"https://a%41.com", "has a character that a domain cannot hold"},
      {"https://münchen.de", "has a domain beyond ASCII: write its xn-- form"},
      {"https://a..b", "has a domain with a part that is empty, too long or has a hyphen at its edge"},
      {"https://example.com:99999", "has a port that is none"},
      {"https://example.com:8a", "has a port that is none"},
      {"https://[::1", "has an IPv6 host that is none"},
      {"https://[1.2.3.4]/", "has an IPv6 host that is none"},
      {"https://[]", "has an IPv6 host that is none"},
      {"https://example.com/%", "has a % without two hexadecimal digits"},
      {"https://example.com/%4", "has a % without two hexadecimal digits"},
      {"https://example.com/%zz", "has a % without two hexadecimal digits"},
      {"https://example.com/?%4g", "has a % without two hexadecimal digits"},
      {"https://example.com/#%", "has a % without two hexadecimal digits"},
      {"https://example.com/\x01", "has a control character"},
      {std::string("https://example.com/\0a", 22), "has a control character"},
      {"https://example.com/\xff", "is not UTF-8"},
      {"https://example.com/" + std::string(8000, 'a'), "has more than 8000 bytes"},
  };
  for (const auto& row : rows) EXPECT_EQ(web(row.text), row.fault) << row.text;
}

TEST(WebAddress, PutsADefaultSchemeInFrontOfATextWithoutOne) {
  WebAddressRule rule;
  rule.default_scheme = "https";
  EXPECT_EQ(web("www.Example.com/a", rule), "https://www.example.com/a");
  EXPECT_EQ(web("//example.com", rule), "https://example.com/");
  EXPECT_EQ(web("example.com:8080/x?u=http://a", rule), "https://example.com:8080/x?u=http://a");
  EXPECT_EQ(web("http://example.com", rule), "http://example.com/");
  EXPECT_EQ(web("mailto:ada@example.com", rule), "has no scheme such as https://");
  EXPECT_EQ(web("javascript:alert(1)", rule), "has a port that is none");
}

TEST(UrlFunction, HasSchemesAndFragmentsAsOptions) {
  EXPECT_EQ(format(R"({"url":true})", R"("HTTPS://A.example/#x")"), R"("https://a.example/#x")");
  EXPECT_EQ(format(R"({"url":{"fragment":"drop"}})", R"("https://a.example/#x")"), R"("https://a.example/")");
  EXPECT_EQ(format(R"({"url":{"schemes":"ftp"}})", R"("ftp://a.example:21/x")"), R"("ftp://a.example/x")");
  EXPECT_THAT(step_fault(R"({"url":{"schemes":["HTTPS"]}})"), HasSubstr("`HTTPS` is no scheme"));
  EXPECT_THAT(step_fault(R"({"url":{"defaultScheme":"ftp"}})"), HasSubstr("none of the schemes that are taken"));
  EXPECT_THAT(step_fault(R"({"url":{"strip":true}})"), HasSubstr("unknown"));
}

}  // namespace
}  // namespace nexpo
