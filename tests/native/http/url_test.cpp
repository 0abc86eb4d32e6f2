#include "http/url.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo::http {
namespace {

TEST(Url, SplitsIntoParts) {
  const Url url = parse_url("HTTPS://Ada:pw@Example.COM:8443/a/b%20c?x=1&y=2#top");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.userinfo, "Ada:pw");
  EXPECT_EQ(url.host, "example.com");
  EXPECT_EQ(url.port, "8443");
  EXPECT_EQ(url.path, "/a/b%20c");
  EXPECT_EQ(url.query, "x=1&y=2");
  EXPECT_EQ(url.origin(), "https://example.com:8443");
}

TEST(Url, LeavesOutTheDefaultPortAndAddsTheRootPath) {
  EXPECT_EQ(parse_url("https://a.test:443").origin(), "https://a.test");
  EXPECT_EQ(parse_url("http://a.test:80?q=1").path, "/");
  EXPECT_EQ(parse_url("http://a.test:80?q=1").query, "q=1");
  EXPECT_EQ(parse_url("http://a.test:443/").origin(), "http://a.test:443");
}

TEST(Url, TakesIpv6Addresses) {
  const Url url = parse_url("http://[::1]:8080/x");
  EXPECT_EQ(url.host, "[::1]");
  EXPECT_EQ(url.port, "8080");
  EXPECT_EQ(parse_url("http://[::1]/").port, "");
}

TEST(Url, RefusesWhatIsNoUrlAndShowsItWithoutSecrets) {
  for (const char* text :
       {"", "ftp://a.test/", "a.test/x", "https://", "https://:80/", "https://a.test:99999/", "https://a.test:8x/",
        "https://a b/", "https://[::1/", "https://a.test\\x", "file:///etc/passwd"})
    EXPECT_THROW(parse_url(text), Error) << text;
  try {
    parse_url("https://user:hunter2@a.test:bad/p?token=hunter3");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_EQ(error.message(), "the URL \"https://a.test:bad/p\" has a port that is not a number up to 65535");
  }
}

TEST(Url, DoesNotTakeAnAtSignInThePathForAUser) {
  EXPECT_EQ(parse_url("https://a.test/x@evil.test").host, "a.test");
  EXPECT_EQ(parse_url("https://a.test?x=@evil.test").host, "a.test");
  EXPECT_EQ(printable_url("https://a.test/x@y?secret"), "https://a.test/x@y");
}

TEST(Url, EncodesEverythingThatIsNotUnreserved) {
  EXPECT_EQ(encode_component("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(encode_component("a b+c/d?e=f&g%h'"), "a%20b%2Bc%2Fd%3Fe%3Df%26g%25h%27");
  EXPECT_EQ(encode_component("\xC3\xA9\x01"), "%C3%A9%01");
  EXPECT_EQ(encode_query({{"q", "SELECT Id FROM Account"}, {"x", ""}}), "q=SELECT%20Id%20FROM%20Account&x=");
}

TEST(Url, AddsAQueryBehindTheOneThatIsThere) {
  EXPECT_EQ(with_query("https://a.test/p", {{"a", "1"}}), "https://a.test/p?a=1");
  EXPECT_EQ(with_query("https://a.test/p?b=2", {{"a", "1"}, {"c", "3"}}), "https://a.test/p?b=2&a=1&c=3");
  EXPECT_EQ(with_query("https://a.test/p?", {{"a", "1"}}), "https://a.test/p?a=1");
  EXPECT_EQ(with_query("/p#f", {{"a", "1"}}), "/p?a=1");
}

TEST(Url, JoinsAReferenceToItsBase) {
  EXPECT_EQ(join_url("https://a.test/api/v1", "https://b.test/x"), "https://b.test/x");
  EXPECT_EQ(join_url("https://a.test/api/v1?q=1", "/services/data?x=2"), "https://a.test/services/data?x=2");
  EXPECT_EQ(join_url("https://a.test/api", "items?x=1"), "https://a.test/api/items?x=1");
  EXPECT_EQ(join_url("https://a.test/api/", "items"), "https://a.test/api/items");
  EXPECT_EQ(join_url("https://a.test", ""), "https://a.test/");
  EXPECT_THROW(join_url("https://a.test", "//evil.test/x"), Error);
}

TEST(Url, PrintsAnyTextWithoutSecretsAndControlCharacters) {
  EXPECT_EQ(printable_url("https://u:p@a.test:1/x?key=1#f"), "https://a.test:1/x");
  EXPECT_EQ(printable_url("no url\n?at=all"), "no url?");
  EXPECT_EQ(printable_url(""), "");
}

}  // namespace
}  // namespace nexpo::http
