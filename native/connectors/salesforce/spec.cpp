// Configuration of the Salesforce connector, and its row of the registry.
#include "connectors/connector.hpp"
#include "connectors/salesforce/connection.hpp"
#include "connectors/salesforce/settings.hpp"

namespace nexpo::salesforce {

namespace {

constexpr std::string_view kFlows[] = {"clientCredentials", "jwt", "refreshToken", "password", "soap"};

constexpr std::string_view kAuth[] = {"engine", "host"};

constexpr Option kOptions[] = {
    {.name = "auth",
     .type = OptionType::choice,
     .help = "Who logs in: the engine with the credentials below, or the host program, which is asked for access "
             "tokens.",
     .fallback = "engine",
     .choices = kAuth},
    {.name = "credential", .help = "Name under which the host program knows the login (auth host)."},
    {.name = "instanceUrl", .type = OptionType::url, .help = "The org's own host (auth host)."},
    {.name = "loginUrl",
     .type = OptionType::url,
     .help = "Where to log in: the org's My Domain (https://acme.my.salesforce.com), or the login host of all orgs.",
     .fallback = "https://login.salesforce.com"},
    {.name = "authentication",
     .type = OptionType::choice,
     .help = "How to log in; left out, it follows from the credentials that are given.",
     .choices = kFlows},
    {.name = "clientId", .help = "Consumer key of the connected app."},
    {.name = "clientSecret", .type = OptionType::secret, .help = "Consumer secret of the connected app."},
    {.name = "username", .help = "User to log in as (jwt, password, soap)."},
    {.name = "password", .type = OptionType::secret, .help = "That user's password (password, soap)."},
    {.name = "securityToken",
     .type = OptionType::secret,
     .help = "That user's security token, where the network is not trusted (password, soap)."},
    {.name = "privateKey", .type = OptionType::secret, .help = "RSA private key in PEM form (jwt)."},
    {.name = "refreshToken",
     .type = OptionType::secret,
     .help = "Refresh token; what Salesforce replaces it with is kept, sealed, in the store (refreshToken)."},
    {.name = "allowSoapLogin",
     .type = OptionType::boolean,
     .help = "Allows the login by SOAP, which ends with Summer '27.",
     .fallback = "false"},
    {.name = "apiVersion",
     .help = "Newest API version to use; an org that offers less gets its own newest.",
     .fallback = "66.0"},
    {.name = "clientName",
     .help = "Name that change events give as the origin of our writes.",
     .fallback = "nexpo-data-sync"},
    {.name = "externalIdField",
     .help = "Field that records are matched by when they are written, unless the sync names one.",
     .fallback = "Id"},
    {.name = "overlapSeconds",
     .type = OptionType::integer,
     .help =
         "How far an incremental run looks back behind the start of the last one, for transactions that commit late.",
     .fallback = "600",
     .min = 60,
     .max = 86'400},
    {.name = "bulkThreshold",
     .type = OptionType::integer,
     .help = "More records than this are read through the Bulk API.",
     .fallback = "20000",
     .min = 0,
     .max = 1'000'000'000},
    {.name = "bulkWriteThreshold",
     .type = OptionType::integer,
     .help = "Batches of more records than this are written through the Bulk API.",
     .fallback = "2000",
     .min = 0,
     .max = 1'000'000'000},
    {.name = "parallelRequests",
     .type = OptionType::integer,
     .help = "Write calls that may be in flight at once.",
     .fallback = "4",
     .min = 1,
     .max = 25},
    {.name = "parallelResults",
     .type = OptionType::integer,
     .help = "Result pages of a bulk query that are downloaded at once.",
     .fallback = "3",
     .min = 1,
     .max = 10},
    {.name = "apiReservePercent",
     .type = OptionType::integer,
     .help = "Part of the org's daily API calls that is left to others: below it a run stops, and goes on at its next "
             "start.",
     .fallback = "5",
     .min = 0,
     .max = 90},
    {.name = "rateLimit",
     .type = OptionType::object,
     .help = "Calls that may be made: {perMinute, perHour}, each from 1; left out, the org's own limits alone hold."},
    {.name = "retry",
     .type = OptionType::object,
     .help = "How often a call is tried that may succeed later: {attempts}, 1 to 10; left out, 5."},
    {.name = "saveDuplicates",
     .type = OptionType::boolean,
     .help = "Writes records although a duplicate rule of the org objects.",
     .fallback = "false"},
};

std::unique_ptr<Connection> connect(const nlohmann::json& config, const ConnectorContext& context) {
  return std::make_unique<SalesforceConnection>(parse_settings(config), parse_login(config), context);
}

}  // namespace

extern const ConnectorType kType;
const ConnectorType kType = {
    "salesforce", {"Salesforce", "Objects of a Salesforce org, by REST and Bulk API 2.0.", kOptions}, &connect};

}  // namespace nexpo::salesforce
