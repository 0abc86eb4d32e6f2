#include "connectors/salesforce/token_answer.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "connectors/salesforce/xml.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

namespace {

constexpr std::chrono::minutes kJwtLifetime{3};

std::string instance_of(const std::string& url) {
  std::string instance = http::parse_url(url).origin();
  check_api_host(instance, "instance_url");
  return instance;
}

std::string audience_of(const std::string& url) {
  const std::string host = http::parse_url(url).host;
  if (host == "test.salesforce.com" || host.ends_with(".sandbox.my.salesforce.com"))
    return "https://test.salesforce.com";
  if (host == "login.salesforce.com" || host.ends_with(".my.salesforce.com")) return "https://login.salesforce.com";
  return url;
}

}  // namespace

std::string token_form(const Login& login, const Secret& refresh_token, std::string_view assertion) {
  const std::string_view id = login.client_id;
  const std::string_view secret = login.client_secret.reveal();
  switch (login.flow) {
    case Flow::client_credentials:
      return http::encode_query({{"grant_type", "client_credentials"}, {"client_id", id}, {"client_secret", secret}});
    case Flow::jwt:
      return http::encode_query(
          {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", assertion}});
    case Flow::refresh_token: {
      const std::string form = http::encode_query(
          {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token.reveal()}, {"client_id", id}});
      return secret.empty() ? form : form + "&" + http::encode_query({{"client_secret", secret}});
    }
    case Flow::password:
      return http::encode_query({{"grant_type", "password"},
                                 {"client_id", id},
                                 {"client_secret", secret},
                                 {"username", login.username},
                                 {"password", login.password.reveal()}});
    case Flow::soap:
    case Flow::host: break;
  }
  throw Error(ErrorKind::internal, "salesforce: a SOAP login has no token form");
}

TokenAnswer parse_token(std::string_view body) {
  const nlohmann::json object = nlohmann::json::parse(body, nullptr, false);
  const auto text = [&object](const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  TokenAnswer answer;
  answer.access_token = Secret(text("access_token"));
  answer.refresh_token = Secret(text("refresh_token"));
  const std::string instance = text("instance_url");
  if (answer.access_token.empty() || instance.empty()) {
    throw Error(ErrorKind::unavailable, "salesforce: login: the answer has no access_token or no instance_url");
  }
  answer.instance_url = instance_of(instance);
  return answer;
}

nlohmann::json jwt_claims(const Login& login, Time now) {
  const auto expires = std::chrono::floor<std::chrono::seconds>(now + kJwtLifetime);
  return {{"iss", login.client_id},
          {"sub", login.username},
          {"aud", audience_of(login.url)},
          {"exp", expires.time_since_epoch().count()}};
}

std::string soap_login_body(const Login& login, std::string_view client_name) {
  return fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?>)"
      R"(<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/")"
      R"( xmlns:p="urn:partner.soap.sforce.com">)"
      "<soapenv:Header><p:CallOptions><p:client>{}</p:client></p:CallOptions></soapenv:Header>"
      "<soapenv:Body><p:login><p:username>{}</p:username><p:password>{}</p:password></p:login></soapenv:Body>"
      "</soapenv:Envelope>",
      xml_escape(client_name), xml_escape(login.username), xml_escape(login.password.reveal()));
}

TokenAnswer parse_soap_login(std::string_view body) {
  if (xml_text(body, "passwordExpired") == "true") {
    throw Error(ErrorKind::unauthorized,
                "salesforce: login: the password has expired; set a new one in the org, then here")
        .with_code("PASSWORD_EXPIRED")
        .with_field("password");
  }
  TokenAnswer answer;
  answer.access_token = Secret(xml_text(body, "sessionId"));
  const std::string server = xml_text(body, "serverUrl");
  if (answer.access_token.empty() || server.empty()) {
    throw Error(ErrorKind::unavailable, "salesforce: login: the answer has no sessionId or no serverUrl");
  }
  answer.instance_url = instance_of(server);
  return answer;
}

}  // namespace nexpo::salesforce
