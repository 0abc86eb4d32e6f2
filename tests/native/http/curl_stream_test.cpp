#include <gtest/gtest.h>

#include <string>

#include "base/started.hpp"
#include "http/curl_client.hpp"
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

struct Drained {
  int status = 0;
  std::string body;  ///< whole, or what came through the stream
  bool streamed = false;
  size_t chunk_max = 0;
  std::optional<Error> error;  ///< how the stream ended, if not well
};

Task<Drained> drain(Client& client, Request request) {
  Response response = co_await client.send(std::move(request));
  Drained drained;
  drained.status = response.status;
  drained.body = std::move(response.body);
  drained.streamed = response.stream != nullptr;
  while (response.stream) {
    auto result = co_await attempt(response.stream->next());
    if (const Error* error = std::get_if<Error>(&result)) drained.error = *error;
    if (drained.error || std::get<0>(result).empty()) break;
    drained.chunk_max = std::max(drained.chunk_max, std::get<0>(result).size());
    drained.body += std::get<0>(result);
  }
  co_return drained;
}

class CurlStreamTest : public testing::Test {
 protected:
  Request get(const std::string& path) const {
    Request request;
    request.url = server.url() + path;
    request.stream = true;
    return request;
  }
  Drained drained(Request request) {
    return run_on(loop, [this, request] { return drain(client, request); });
  }

  HttpImposter server;
  Loop loop;
  CurlClient client{loop, CurlOptions{.network = {.allow_loopback = true}, .user_agent = "test-agent"}};
};

TEST_F(CurlStreamTest, HandsABodyOverInPieces) {
  const std::string text = pattern(5'000'000);
  server.when("GET", "/plain").answer({.body = text});
  server.when("GET", "/chunks").answer({.body = text, .chunked = true, .chunk_bytes = 10'001});
  server.when("GET", "/zip").answer({.body = gzip(text), .headers = {{"Content-Encoding", "gzip"}}});
  for (const char* path : {"/plain", "/chunks", "/zip"}) {
    const Drained result = drained(get(path));
    EXPECT_TRUE(result.streamed) << path;
    EXPECT_FALSE(result.error) << path;
    EXPECT_EQ(result.body.size(), text.size()) << path;
    EXPECT_TRUE(result.body == text) << path;
    EXPECT_LT(result.chunk_max, text.size()) << path;
  }
  EXPECT_EQ(server.connections(), 1) << "a stream that was read to its end gives its connection back";
}

TEST_F(CurlStreamTest, EndsAtOnceForAnEmptyBody) {
  server.when("GET", "/empty").answer({});
  server.when("GET", "/none").answer({.status = 204});
  EXPECT_EQ(drained(get("/empty")).body, "");
  EXPECT_EQ(drained(get("/none")).status, 204);
}

TEST_F(CurlStreamTest, GivesAnErrorAnswerAsAWhole) {
  server.when("GET", "/bad").answer({.status = 400, .body = "no such job", .chunked = true});
  const Drained result = drained(get("/bad"));
  EXPECT_FALSE(result.streamed);
  EXPECT_EQ(result.status, 400);
  EXPECT_EQ(result.body, "no such job");
}

Task<Drained> pause_and_drain(Clock& clock, Client& client, Request request, const HttpImposter& server,
                              uint64_t& sent_while_paused) {
  Response response = co_await client.send(std::move(request));
  Drained drained;
  drained.body = co_await response.stream->next();
  uint64_t before = 1;
  while (before != sent_while_paused) {  // until the server can send no more
    before = sent_while_paused;
    co_await clock.sleep(200ms);
    sent_while_paused = server.body_bytes_sent();
  }
  for (;;) {
    std::string chunk = co_await response.stream->next();
    if (chunk.empty()) break;
    drained.chunk_max = std::max(drained.chunk_max, chunk.size());
    drained.body += chunk;
  }
  co_return drained;
}

TEST_F(CurlStreamTest, PausesTheServerWhileNobodyAsks) {
  const std::string text = pattern(40'000'000);
  server.when("GET", "/big").answer({.body = text});
  const Request request = get("/big");
  uint64_t sent = 0;
  const Drained result = run_on(loop, [&] { return pause_and_drain(loop, client, request, server, sent); });
  EXPECT_LT(sent, text.size() / 2) << "what is in flight must be bounded by the socket's and the stream's buffers";
  EXPECT_GT(sent, 0U);
  EXPECT_LE(result.chunk_max, kStreamBufferBytes + 64 * 1024);
  EXPECT_TRUE(result.body == text);
}

Task<size_t> sleep_and_drain(Clock& clock, Client& client, Request request, Millis pause) {
  Response response = co_await client.send(std::move(request));
  co_await clock.sleep(pause);
  size_t bytes = 0;
  for (;;) {
    const std::string chunk = co_await response.stream->next();
    if (chunk.empty()) co_return bytes;
    bytes += chunk.size();
  }
}

TEST_F(CurlStreamTest, HasNoTotalLimitAndTakesNoPauseOfOursForAStall) {
  server.when("GET", "/big").answer({.body = pattern(20'000'000)});
  Request request = get("/big");
  request.limits.stalled_ms = 2s;
  request.limits.total_ms = 2s;
  EXPECT_EQ(run_on(loop, [&] { return sleep_and_drain(loop, client, request, 2500ms); }), 20'000'000U);
}

TEST_F(CurlStreamTest, PausesACompressedStreamToo) {
  const std::string text = pattern(30'000'000);
  server.when("GET", "/zip").answer({.body = gzip(text), .headers = {{"Content-Encoding", "gzip"}}});
  uint64_t sent = 0;
  const Request request = get("/zip");
  const Drained result = run_on(loop, [&] { return pause_and_drain(loop, client, request, server, sent); });
  EXPECT_TRUE(result.body == text);
  EXPECT_LT(result.chunk_max, 2 * kStreamBufferBytes);
}

TEST_F(CurlStreamTest, GivesWhatArrivedAndThenTheErrorWhenItIsCut) {
  const std::string text = pattern(3'000'000);
  server.when("GET", "/cut").answer({.body = text, .cut_after = 2'000'000});
  server.when("GET", "/cut/chunks").answer({.body = text, .chunked = true, .cut_after = 2'000'000});
  for (const char* path : {"/cut", "/cut/chunks"}) {
    const Drained result = drained(get(path));
    ASSERT_TRUE(result.error) << path;
    EXPECT_EQ(result.error->kind(), ErrorKind::unavailable) << path;
    EXPECT_TRUE(text.starts_with(result.body)) << path;
  }
}

TEST_F(CurlStreamTest, NoticesATruncatedGzipStream) {
  std::string packed = gzip(pattern(3'000'000));
  packed.resize(packed.size() - 1);
  server.when("GET", "/zip").answer({.body = packed, .headers = {{"Content-Encoding", "gzip"}}});
  const Drained result = drained(get("/zip"));
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->kind(), ErrorKind::unavailable);
}

TEST_F(CurlStreamTest, GivesUpOnAStreamThatStalls) {
  server.when("GET", "/stall").answer({.body = pattern(100'000), .stall_after = 50'000});
  Request request = get("/stall");
  request.limits.stalled_ms = 100ms;
  const Drained result = drained(request);
  ASSERT_TRUE(result.error);
  EXPECT_NE(result.error->message().find("stalled_ms"), std::string::npos) << result.error->message();
  EXPECT_EQ(result.body.size(), 50'000U);
}

Task<std::optional<Error>> cancel_stream(Client& client, Request request) {
  request.cancel = CancelToken::make();
  const CancelToken token = request.cancel;
  Response response = co_await client.send(std::move(request));
  co_await response.stream->next();
  token.cancel();
  for (;;) {
    auto result = co_await attempt(response.stream->next());
    if (const Error* error = std::get_if<Error>(&result)) co_return *error;
    if (std::get<0>(result).empty()) co_return std::nullopt;
  }
}

TEST_F(CurlStreamTest, CanBeCancelledBetweenPieces) {
  server.when("GET", "/endless").answer({.body = pattern(100'000), .endless = true});
  const Request request = get("/endless");
  const auto error = run_on(loop, [&] { return cancel_stream(client, request); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::cancelled);
}

Task<> drop_stream(Client& client, Request request) {
  Response response = co_await client.send(std::move(request));
  co_await response.stream->next();
}

TEST_F(CurlStreamTest, MayBeDroppedBeforeItsEnd) {
  server.when("GET", "/endless").answer({.body = pattern(100'000), .endless = true});
  server.when("GET", "/next").answer({.body = "fine"});
  const Request request = get("/endless");
  run_on(loop, [&] { return drop_stream(client, request); });
  EXPECT_EQ(drained(get("/next")).body, "fine");
}

}  // namespace
}  // namespace nexpo::http
