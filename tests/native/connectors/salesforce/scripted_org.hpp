// ScriptedOrg: an org on a virtual clock that answers each kind of call from a list, and remembers what it was asked.
#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/payload.hpp"
#include "support/fake_client.hpp"
#include "support/sim_clock.hpp"

namespace nexpo::salesforce {

/// URLs as a person reads them.
inline std::string decoded(std::string_view url) {
  std::string text;
  for (size_t i = 0; i < url.size(); ++i) {
    if (url[i] == '%' && i + 2 < url.size()) {
      text += static_cast<char>(std::stoi(std::string(url.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      text += url[i] == '+' ? ' ' : url[i];
    }
  }
  return text;
}

/// A body in pieces; `cut` breaks off where the end should be.
class PiecewiseBody final : public http::BodyStream {
 public:
  PiecewiseBody(std::string body, size_t piece, bool cut) : body_(std::move(body)), piece_(piece), cut_(cut) {}

  Task<std::string> next() override {
    if (at_ >= body_.size() && cut_) throw Error(ErrorKind::unavailable, "the connection broke");
    std::string chunk = body_.substr(std::min(at_, body_.size()), piece_);
    at_ += chunk.size();
    co_return chunk;
  }

 private:
  std::string body_;
  size_t piece_;
  bool cut_;
  size_t at_ = 0;
};

class ScriptedOrg {
 public:
  struct Answer {
    int status = 200;
    std::string body = "{}";
    std::vector<std::pair<std::string, std::string>> headers = {};
    bool cut = false;  ///< of a streamed body
  };

  ScriptedOrg() {
    when("GET /services/data", {.body = R"([{"version":"66.0"}])"}, true);
    when("GET /services/data/v66.0/sobjects/Account/describe", {.body = payload("describe_account.json")}, true);
    when("GET /services/data/v66.0/sobjects/User/describe", {.body = payload("describe_user.json")}, true);
  }

  /// Calls whose "METHOD url" (decoded) holds `part`, or is `part` with `whole`. The newest rule that fits counts;
  /// given twice, the answers come one after the other and the last repeats.
  void when(std::string part, Answer answer, bool whole = false) {
    for (Rule& rule : rules_) {
      if (rule.part == part) return rule.answers.push_back(std::move(answer));
    }
    rules_.push_front({std::move(part), whole, {std::move(answer)}, 0});
  }

  /// As above, but forgets what was said of `part` before.
  void instead(std::string part, Answer answer) {
    rules_.remove_if([&](const Rule& rule) { return rule.part == part; });
    when(std::move(part), std::move(answer));
  }

  /// "METHOD url" of the calls that hold `part`, in order, with the body behind a space if there is one.
  std::vector<std::string> calls(std::string_view part) const {
    std::vector<std::string> found;
    for (const http::Request& request : client.requests) {
      std::string call = request.method + " " + decoded(request.url);
      if (call.find(part) == std::string::npos) continue;
      if (!request.body.empty()) call += " " + std::string(request.body.view());
      found.push_back(std::move(call));
    }
    return found;
  }

  SimClock clock;
  SimWorkers workers{clock};
  http::FakeClient client{clock, [this](const http::Request& request, int) { return answer(request); }, Millis(10)};
  std::vector<std::string> log;
  CancelToken cancel = CancelToken::make();
  std::shared_ptr<Org> org = std::make_shared<Org>(
      client, OrgOptions{"66.0", "test-client", false}, clock, workers,
      Log(LogLevel::info, [this](LogLevel, std::string_view text) { log.emplace_back(text); }), cancel);
  std::string date = "Tue, 24 Nov 2026 12:00:00 GMT";  ///< of every answer

 private:
  struct Rule {
    std::string part;
    bool whole;
    std::vector<Answer> answers;
    size_t next;
  };

  http::Response answer(const http::Request& request) {
    const std::string call = request.method + " " + decoded(request.url);
    for (Rule& rule : rules_) {
      if (rule.whole ? call != rule.part : call.find(rule.part) == std::string::npos) continue;
      const Answer& answer = rule.answers[std::min(rule.next++, rule.answers.size() - 1)];
      http::Response response = http::answer(answer.status, answer.body, answer.headers);
      response.headers.add("Date", date);
      if (request.stream && answer.status == 200) {
        response.body.clear();
        response.stream = std::make_unique<PiecewiseBody>(answer.body, kPieceBytes, answer.cut);
      }
      return response;
    }
    throw std::runtime_error("the script has no answer for " + call);
  }

  static constexpr size_t kPieceBytes = 7;
  std::list<Rule> rules_;
};

/// The rows of an answer to a query: {"Id", "SystemModstamp", more}.
inline std::string query_answer(const std::vector<std::string>& records, std::string_view more = "") {
  std::string body = R"({"totalSize":)" + std::to_string(records.size());
  body += more.empty() ? R"(,"done":true)" : R"(,"done":false,"nextRecordsUrl":")" + std::string(more) + '"';
  body += R"(,"records":[)";
  for (size_t i = 0; i < records.size(); ++i) body += (i > 0 ? "," : "") + records[i];
  return body + "]}";
}

inline std::string account(int number, std::string_view stamp = "2026-11-01T00:00:00.000+0000", bool deleted = false) {
  char id[19];
  std::snprintf(id, sizeof id, "001%012dAAA", number);
  return R"({"attributes":{"type":"Account","url":"/x"},"Id":")" + std::string(id) + R"(","SystemModstamp":")" +
         std::string(stamp) + R"(","IsDeleted":)" + (deleted ? "true" : "false") + R"(,"Name":"Account )" +
         std::to_string(number) + "\"}";
}

}  // namespace nexpo::salesforce
