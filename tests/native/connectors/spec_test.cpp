#include "connectors/spec.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kModes[] = {"fast", "safe"};
constexpr Option kOptions[] = {
    {.name = "host", .required = true, .help = "Name of the server."},
    {.name = "password", .type = OptionType::secret, .help = "The password."},
    {.name = "endpoint", .type = OptionType::url, .help = "Where it is."},
    {.name = "port", .type = OptionType::integer, .help = "The port.", .fallback = "5432", .min = 1, .max = 65535},
    {.name = "createTable", .type = OptionType::boolean, .help = "Make it.", .fallback = "false"},
    {.name = "mode", .type = OptionType::choice, .help = "How.", .choices = kModes},
    {.name = "tables", .type = OptionType::list, .help = "Which."},
    {.name = "extra", .type = OptionType::object, .help = "More."},
};
constexpr Spec kSpec{"Test", "A connector for tests.", kOptions};

Error refusal(const nlohmann::json& config) {
  try {
    (void)check_config(kSpec, config, "source.config");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    return error;
  }
  ADD_FAILURE() << "nothing was thrown for " << config;
  return Error(ErrorKind::internal, "");
}

bool says(const Error& error, std::string_view words) { return error.message().find(words) != std::string::npos; }

TEST(CheckConfig, FillsDefaultsAndKeepsWhatWasGiven) {
  const auto checked =
      check_config(kSpec, {{"host", "db"}, {"mode", "safe"}, {"tables", {"a", "b"}}, {"extra", {{"x", 1}}}}, "c");
  EXPECT_EQ(checked, (nlohmann::json{{"host", "db"},
                                     {"mode", "safe"},
                                     {"tables", {"a", "b"}},
                                     {"extra", {{"x", 1}}},
                                     {"port", 5432},
                                     {"createTable", false}}));
}

TEST(CheckConfig, ReadsNumbersAndBooleansFromTextAsTheEnvironmentGivesThem) {
  const auto checked = check_config(kSpec, {{"host", "db"}, {"port", "15432"}, {"createTable", "true"}}, "c");
  EXPECT_EQ(checked["port"], 15432);
  EXPECT_EQ(checked["createTable"], true);
}

TEST(CheckConfig, TakesNullAndEmptyTextForNotGiven) {
  const auto checked = check_config(kSpec, {{"host", "db"}, {"port", nullptr}, {"password", ""}}, "c");
  EXPECT_EQ(checked["port"], 5432);
  EXPECT_FALSE(checked.contains("password"));
  EXPECT_TRUE(says(refusal({{"host", ""}}), "source.config.host is missing: Name of the server."));
}

TEST(CheckConfig, ListsEveryFaultInOneError) {
  const Error error = refusal({{"port", 0},
                               {"mode", "slow"},
                               {"hots", "db"},
                               {"tables", "a"},
                               {"extra", 1},
                               {"endpoint", "ftp://x"},
                               {"createTable", "maybe"},
                               {"password", 12345}});
  for (const std::string_view words :
       {"source.config.hots is unknown; did you mean \"host\"?", "source.config.host is missing",
        "source.config.port must be between 1 and 65535", "source.config.mode must be one of fast, safe",
        "source.config.tables must be a list of texts", "source.config.extra must be an object",
        "source.config.endpoint must be a URL", "source.config.createTable must be true or false",
        "source.config.password must be text"})
    EXPECT_TRUE(says(error, words)) << words << " in: " << error.message();
  EXPECT_FALSE(says(error, "12345")) << "a secret's value is shown";
}

TEST(CheckConfig, SuggestsTheNearestKnownKey) {
  EXPECT_TRUE(says(refusal({{"host", "h"}, {"create_table", true}}), "did you mean \"createTable\"?"));
  EXPECT_TRUE(says(refusal({{"host", "h"}, {"PASSWORD", "x"}}), "did you mean \"password\"?"));
  EXPECT_TRUE(says(refusal({{"host", "h"}, {"prot", 1}}), "did you mean \"port\"?"));
  EXPECT_TRUE(says(refusal({{"host", "h"}, {"zzz", 1}}), "is unknown; known are host, password, endpoint"));
  EXPECT_TRUE(says(refusal({{"host", "h"}, {std::string(10'000, 'x'), 1}}), "is unknown"));
}

TEST(CheckConfig, NamesTheFirstFaultyField) {
  EXPECT_EQ(refusal({{"host", "h"}, {"port", 1.5}}).field(), "source.config.port");
}

TEST(CheckConfig, RefusesWhatIsNoObject) {
  EXPECT_TRUE(says(refusal(nlohmann::json::array()), "source.config: must be an object"));
  EXPECT_TRUE(says(refusal("text"), "source.config: must be an object"));
}

TEST(CheckConfig, RefusesNumbersThatAreNotWhole) {
  for (const nlohmann::json& port :
       {nlohmann::json(1.5), nlohmann::json("1x"), nlohmann::json(" 1"), nlohmann::json(true)})
    EXPECT_TRUE(says(refusal({{"host", "h"}, {"port", port}}), "must be a whole number")) << port;
}

}  // namespace
}  // namespace nexpo
