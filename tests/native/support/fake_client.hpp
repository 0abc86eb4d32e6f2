// FakeClient: an http::Client without a network. Answers come from a function, at a virtual time after the request.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "http/client.hpp"

namespace nexpo::http {

/// `script` is called with each request, numbered from 1, and gives the answer or throws an Error.
class FakeClient final : public Client {
 public:
  using Script = std::function<Response(const Request& request, int number)>;

  FakeClient(Clock& clock, Script script, Millis takes = Millis{0})
      : clock_(clock), script_(std::move(script)), takes_(takes) {}

  Task<Response> send(Request request) override {
    requests.push_back(request);
    times.push_back(clock_.steady());
    const int number = static_cast<int>(requests.size());
    in_flight_max = std::max(in_flight_max, ++in_flight_);
    const Leave leave{in_flight_};
    co_await clock_.sleep(takes_, request.cancel);
    co_return script_(request, number);
  }

  std::vector<Request> requests;
  std::vector<Steady> times;
  int in_flight_max = 0;

 private:
  struct Leave {
    int& count;
    ~Leave() { --count; }
  };
  Clock& clock_;
  Script script_;
  Millis takes_;
  int in_flight_ = 0;
};

inline Response answer(int status, std::string body = "",
                       std::vector<std::pair<std::string, std::string>> headers = {}) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  for (const auto& [name, value] : headers) response.headers.add(name, value);
  return response;
}

}  // namespace nexpo::http
