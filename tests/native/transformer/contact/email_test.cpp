#include <gmock/gmock.h>

#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

std::string email(const std::string& text) { return format(R"({"email":true})", "\"" + text + "\""); }

TEST(EmailFunction, WritesTheDomainInLowerCaseAndLeavesTheRest) {
  const struct {
    const char *text, *result;
  } rows[] = {
      {"Ada.Lovelace@Example.COM", "Ada.Lovelace@example.com"},
      {"  ada@example.com\\t\\n", "ada@example.com"},
      {"a@b.co", "a@b.co"},
      {"ada+news/x=1@mail.example.co.uk", "ada+news/x=1@mail.example.co.uk"},
      {"!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"},
      {"ada@xn--mnchen-3ya.de", "ada@xn--mnchen-3ya.de"},
      {"ada@example.com.", "ada@example.com"},
      {"1@2.3", "1@2.3"},
  };
  for (const auto& row : rows) EXPECT_EQ(email(row.text), '"' + std::string(row.result) + '"') << row.text;
}

TEST(EmailFunction, SaysWhatIsWrong) {
  const struct {
    std::string text, fault;
  } rows[] = {
      {"", "has no @"},
      {"ada", "has no @"},
      {"@example.com", "has nothing in front of the @"},
      {"ada@", "has no domain"},
      {"ada@example", "has a domain without a dot"},
      {"ada@example.", "has a domain without a dot"},
      {"ada@.com", "has a domain with a part that is empty"},
      {"ada@a..com", "has a domain with a part that is empty"},
      {"ada@-a.com", "has a hyphen at its edge"},
      {"ada@a-.com", "has a hyphen at its edge"},
      {"ada@a_b.com", "has a character that a domain cannot hold"},
      {"ada@[127.0.0.1]", "has a character that a domain cannot hold"},
      {"ada@münchen.de", "has a domain beyond ASCII: write its xn-- form"},
      {"ädä@example.com", "has a character that an address cannot hold"},
      {".ada@example.com", "has a dot at the edge"},
      {"ada.@example.com", "has a dot at the edge"},
      {"a..b@example.com", "has a dot at the edge or beside another one"},
      {"a b@example.com", "has a character that an address cannot hold"},
      {"a@b@example.com", "has a character that an address cannot hold"},
      {"Ada <ada@example.com>", "has a character that an address cannot hold"},
      {"ada@example.com, bob@example.com", "has a character that an address cannot hold"},
      {std::string(65, 'a') + "@example.com", "has more than 64 bytes in front of the @"},
      {"ada@" + std::string(64, 'a') + ".com", "has a domain with a part that is empty, too long"},
  };
  for (const auto& row : rows) EXPECT_THAT(email(row.text), HasSubstr(row.fault)) << row.text;
  EXPECT_EQ(email(std::string(64, 'a') + "@example.com"), '"' + std::string(64, 'a') + "@example.com\"");
  EXPECT_THAT(email("\\\"ada\\\"@example.com"), HasSubstr("is in quotes"));
}

TEST(EmailFunction, CountsTheWholeAddress) {
  const auto domain_of = [](size_t size) {
    std::string name(size, 'a');
    for (size_t at = 40; at < size - 1; at += 41) name[at] = '.';
    return name;
  };
  EXPECT_EQ(email("ada@" + domain_of(250)), "\"ada@" + domain_of(250) + '"');
  EXPECT_THAT(email("ada@" + domain_of(251)), HasSubstr("has more than 254 bytes"));
}

TEST(EmailFunction, RefusesOptionsAndHasToBeHandled) {
  EXPECT_THAT(step_fault(R"({"email":{"lower":true}})"), HasSubstr("this key is unknown"));
  EXPECT_THAT(
      compile_fault(R"([{"source":"v","target":"v","transformation":{"type":"format","params":{"email":true}}}])"),
      HasSubstr("`email` can fail"));
  EXPECT_THAT(format(R"({"email":true})", "42"), HasSubstr("has no @"));
}

}  // namespace
}  // namespace nexpo
