#include "http/curl_client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "base/started.hpp"
#include "support/gzip.hpp"
#include "support/http_imposter.hpp"
#include "support/live_loop.hpp"

using namespace std::chrono_literals;

namespace nexpo::http {
namespace {

std::string pattern(size_t size) {
  std::string text;
  text.reserve(size + 24);
  for (size_t i = 0; text.size() < size; ++i) text += std::to_string(i * 2654435761U) + '\n';
  text.resize(size);
  return text;
}

class CurlClientTest : public testing::Test {
 protected:
  Request get(const std::string& path) const {
    Request request;
    request.url = server.url() + path;
    return request;
  }
  Response send(Request request) {
    return run_on(loop, [this, request] { return client.send(request); });
  }
  Error error_of(Request request) {
    try {
      send(std::move(request));
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "the request was answered";
    return Error(ErrorKind::internal, "");
  }

  HttpImposter server;
  Loop loop;
  CurlClient client{loop, CurlOptions{.network = {.allow_loopback = true}, .user_agent = "test-agent"}};
};

TEST_F(CurlClientTest, GivesStatusHeadersAndBodyOfAnyAnswer) {
  server.when("GET", "/items")
      .answer({.status = 418, .body = "short", .headers = {{"X-One", " a b "}, {"x-one", "c"}}});
  const Response response = send(get("/items?x=1%202"));
  EXPECT_EQ(response.status, 418);
  EXPECT_EQ(response.body, "short");
  EXPECT_GE(response.body.capacity(), response.body.size() + kBodyPadding);
  EXPECT_EQ(response.headers.get("X-ONE"), "c");
  EXPECT_EQ(response.url, server.url() + "/items?x=1%202");
  EXPECT_EQ(response.stream, nullptr);
  EXPECT_EQ(server.requests().at(0).query, "x=1%202");
}

TEST_F(CurlClientTest, SendsMethodHeadersAndBodyAndNothingOfItsOwn) {
  server.when("*", "*").answer({});
  Request request = get("/things");
  request.method = "PATCH";
  request.headers.add("X-Empty", "");
  request.headers.add("Content-Type", "application/json");
  request.body = std::string("{\"a\":\0}", 7) + std::string(3'000'000, 'x');  // long enough for libcurl to ask first
  send(request);
  send(get("/plain"));
  Request empty = get("/empty");
  empty.method = "POST";
  send(empty);
  Request gone = get("/gone");
  gone.method = "DELETE";
  send(gone);

  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[0].method, "PATCH");
  EXPECT_EQ(seen[0].body, request.body.view());
  EXPECT_EQ(seen[0].header("Content-Type"), "application/json");
  EXPECT_EQ(seen[0].header("User-Agent"), "test-agent");
  EXPECT_EQ(seen[0].header("Accept-Encoding"), "gzip");
  for (const auto& [name, value] : seen[0].headers) EXPECT_NE(name, "Expect");
  EXPECT_EQ(seen[1].method, "GET");
  EXPECT_EQ(seen[2].method, "POST");
  EXPECT_EQ(seen[2].header("Content-Length"), "0");
  EXPECT_EQ(seen[2].header("Content-Type"), "");
  EXPECT_EQ(seen[3].method, "DELETE");
  EXPECT_EQ(seen[3].header("Content-Length"), "");
}

TEST_F(CurlClientTest, ReusesItsConnection) {
  server.when("GET", "/a").answer({.body = "1"});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(get("/a")).body, "1");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlClientTest, GivesARequestThatIsNotIdempotentAConnectionOfItsOwn) {
  server.when("*", "*").answer({});
  send(get("/a"));
  Request create = get("/create");
  create.method = "POST";
  create.idempotent = false;
  send(create);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(CurlClientTest, NeverRepeatsACreateThatDiesWithItsConnection) {
  server.when("GET", "/a").answer({});
  server.when("POST", "/create").answer({.silent = true});
  send(get("/a"));
  Request create = get("/create");
  create.method = "POST";
  create.idempotent = false;
  const Error error = error_of(create);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_TRUE(error.outcome_unknown());
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(CurlClientTest, FollowsNoRedirectAndKeepsNoCookie) {
  server.when("GET", "/from").answer({.status = 302, .headers = {{"Location", "/to"}, {"Set-Cookie", "a=b"}}});
  EXPECT_EQ(send(get("/from")).status, 302);
  send(get("/from"));
  EXPECT_EQ(server.requests().at(1).header("Cookie"), "");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(CurlClientTest, PutsChunksTogether) {
  server.when("GET", "/chunks").answer({.body = "abcdefgh", .chunked = true, .chunk_bytes = 3});
  EXPECT_EQ(send(get("/chunks")).body, "abcdefgh");
}

TEST_F(CurlClientTest, SkipsInterimAnswersAndTrailers) {
  server.when("GET", "/x")
      .answer({.raw = "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Late: 2\r\n\r\n"
                      "3\r\nabc\r\n0\r\nX-Trailer: 3\r\n\r\n"});
  const Response response = send(get("/x"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "abc");
  EXPECT_EQ(response.headers.get("X-Early"), "");
  EXPECT_EQ(response.headers.get("X-Late"), "2");
  EXPECT_EQ(response.headers.get("X-Trailer"), "");
}

TEST_F(CurlClientTest, SaysSoWhenTheAnswerIsNotHttp) {
  server.when("GET", "/x").answer({.raw = "220 mail.test ESMTP\r\n"});
  const Error error = error_of(get("/x"));
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(error.message().find("not HTTP"), std::string::npos) << error.message();
}

TEST_F(CurlClientTest, StopsHeadersThatNeverEnd) {
  std::string raw = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 10'000; ++i) raw += "X-" + std::to_string(i) + ": " + std::string(40, 'x') + "\r\n";
  server.when("GET", "/x").answer({.raw = raw});
  EXPECT_EQ(error_of(get("/x")).kind(), ErrorKind::invalid);
}

TEST_F(CurlClientTest, UndoesGzipWholeAndChunked) {
  const std::string text = pattern(500'000);
  server.when("GET", "/zip").answer({.body = gzip(text), .headers = {{"Content-Encoding", "gzip"}}});
  server.when("GET", "/zip/chunks")
      .answer({.body = gzip(text), .headers = {{"Content-Encoding", "gzip"}}, .chunked = true, .chunk_bytes = 777});
  EXPECT_EQ(send(get("/zip")).body, text);
  EXPECT_EQ(send(get("/zip/chunks")).body, text);
}

TEST_F(CurlClientTest, TakesAnEmptyCompressedAnswerForEmpty) {
  server.when("GET", "/empty").answer({.headers = {{"Content-Encoding", "gzip"}}});
  EXPECT_EQ(send(get("/empty")).body, "");
}

TEST_F(CurlClientTest, CallsATruncatedGzipAnswerCutOff) {
  std::string packed = gzip(pattern(100'000));
  packed.resize(packed.size() - 20);
  server.when("GET", "/zip").answer({.body = packed, .headers = {{"Content-Encoding", "gzip"}}});
  const Error error = error_of(get("/zip"));
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_TRUE(error.outcome_unknown());
  EXPECT_NE(error.message().find("cut off"), std::string::npos) << error.message();
}

TEST_F(CurlClientTest, CallsACutAnswerUnavailableWithUnknownOutcome) {
  server.when("GET", "/cut").answer({.body = pattern(100'000), .cut_after = 50'000});
  server.when("GET", "/cut/chunks").answer({.body = pattern(100'000), .chunked = true, .cut_after = 16 * 1024});
  for (const char* path : {"/cut?token=hunter2", "/cut/chunks"}) {
    const Error error = error_of(get(path));
    EXPECT_EQ(error.kind(), ErrorKind::unavailable) << path;
    EXPECT_TRUE(error.outcome_unknown()) << path;
    EXPECT_EQ(error.message().find("hunter2"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("GET " + server.url() + "/cut"), std::string::npos) << error.message();
  }
}

TEST_F(CurlClientTest, CallsAServerThatHangsUpUnavailableWithUnknownOutcome) {
  server.when("GET", "/x").answer({.silent = true});
  const Error error = error_of(get("/x"));
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_TRUE(error.outcome_unknown());
}

TEST_F(CurlClientTest, KnowsThatARefusedConnectionCarriedNothing) {
  Request request;
  {
    const HttpImposter gone;
    request.url = gone.url() + "/x";
  }
  const Error error = error_of(request);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_FALSE(error.outcome_unknown());
}

TEST_F(CurlClientTest, KnowsThatAnUnknownHostWasNeverReached) {
  Request request;
  request.url = "http://no-such-host.invalid/x";
  const Error error = error_of(request);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_FALSE(error.outcome_unknown());
}

TEST_F(CurlClientTest, StopsAnEndlessBodyAtItsLimit) {
  server.when("GET", "/endless").answer({.body = pattern(10'000), .endless = true});
  Request request = get("/endless");
  request.limits.body_bytes_max = 200'000;
  const Error error = error_of(request);
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("200000 bytes (body_bytes_max)"), std::string::npos) << error.message();
}

TEST_F(CurlClientTest, StopsAGzipBombAtItsLimit) {
  server.when("GET", "/bomb")
      .answer({.body = gzip(std::string(300'000'000, '0')), .headers = {{"Content-Encoding", "gzip"}}});
  Request request = get("/bomb");
  request.limits.body_bytes_max = 1'000'000;
  EXPECT_EQ(error_of(request).kind(), ErrorKind::invalid);
}

TEST_F(CurlClientTest, GivesUpOnAnAnswerThatStalls) {
  server.when("GET", "/stall").answer({.body = pattern(100'000), .stall_after = 1000});
  Request request = get("/stall");
  request.limits.stalled_ms = 100ms;
  const Error error = error_of(request);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_TRUE(error.outcome_unknown());
  EXPECT_NE(error.message().find("100 ms (stalled_ms)"), std::string::npos) << error.message();
}

TEST_F(CurlClientTest, GivesUpOnAnAnswerThatNeverEndsInTime) {
  server.when("GET", "/slow").answer({.body = "x", .delay = 1h});
  Request request = get("/slow");
  request.limits.total_ms = 100ms;
  const Error error = error_of(request);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(error.message().find("100 ms (total_ms)"), std::string::npos) << error.message();
}

Task<Error> cancel_in_flight(Clock& clock, Client& client, Request request) {
  request.cancel = CancelToken::make();
  const CancelToken token = request.cancel;
  Started<Response> started(client.send(std::move(request)));
  co_await clock.sleep(50ms);
  token.cancel();
  auto result = co_await attempt(started.join());
  if (const Error* error = std::get_if<Error>(&result)) co_return *error;
  throw std::logic_error("the request was answered");
}

TEST_F(CurlClientTest, CancelsARequestInFlightAndStaysUsable) {
  server.when("GET", "/slow").answer({.body = "x", .delay = 1h});
  server.when("GET", "/quick").answer({.body = "y"});
  const Request request = get("/slow");
  const Error error = run_on(loop, [&] { return cancel_in_flight(loop, client, request); });
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_TRUE(error.outcome_unknown());
  EXPECT_EQ(send(get("/quick")).body, "y");
}

TEST_F(CurlClientTest, DoesNotStartWhatIsCancelledAlready) {
  Request request = get("/x");
  request.cancel = CancelToken::make();
  request.cancel.cancel();
  EXPECT_EQ(error_of(request).kind(), ErrorKind::cancelled);
  EXPECT_TRUE(server.requests().empty());
}

Task<int> many_at_once(Client& client, Request request, int count) {
  std::vector<Started<Response>> started;
  for (int i = 0; i < count; ++i) started.emplace_back(client.send(request));
  int good = 0;
  for (auto& one : started) {
    const Response response = co_await one.join();
    if (response.body == "ok") ++good;
  }
  co_return good;
}

TEST_F(CurlClientTest, RunsManyRequestsAtOnce) {
  server.when("GET", "/x").answer({.body = "ok", .delay = 5ms});
  const Request request = get("/x");
  EXPECT_EQ(run_on(loop, [&] { return many_at_once(client, request, 50); }), 50);
  EXPECT_GT(server.connections(), 10);
}

TEST_F(CurlClientTest, RefusesRequestsThatMustNotBeSent) {
  Request scheme = get("/x");
  scheme.url = "file:///etc/passwd";
  Request user = get("/x");
  user.url = "http://ada:hunter2@127.0.0.1:1/";
  Request split = get("/x");
  split.headers.add("X-A", "1\r\nX-B: 2");
  Request method = get("/x");
  method.method = "GET / HTTP/1.1\r\nX: y";
  for (const Request& request : {scheme, user, split, method}) {
    const Error error = error_of(request);
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_EQ(error.message().find("hunter2"), std::string::npos) << error.message();
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(CurlClientTest, ConnectsToNoAddressThatTheGuardRefuses) {
  CurlClient guarded(loop, {});
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433"}) {
    Request request;
    request.url = "http://" + host + ":" + std::to_string(server.port()) + "/x";
    try {
      run_on(loop, [&] { return guarded.send(request); });
      FAIL() << host << " was reached";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid) << host << ": " << error.message();
      EXPECT_FALSE(error.outcome_unknown()) << host;
    }
  }
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace nexpo::http
