#include "engine/feed_book.hpp"

#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

}  // namespace

FeedBook FeedBook::parse(const std::string& text) {
  const json kept = json::parse(text, nullptr, false);
  if (!kept.is_object() || kept.value("v", 0) != kFormat)
    throw Error(ErrorKind::invalid, "the feed was kept by another version of this program; forget it and begin anew");
  FeedBook book;
  book.binding = kept.at("binding");
  book.birth = kept.at("birth");
  book.start = kept.at("start");
  book.primed = kept.at("primed");
  book.cursor.text = kept.at("cursor");
  book.pass = kept.at("pass");
  book.accepted = kept.at("accepted");
  book.newest = kept.at("newest");
  if (const auto offer = kept.find("offer"); offer != kept.end())
    book.offer = Offer{offer->at("number"), {offer->at("cursor").get<std::string>()}, offer->at("ended")};
  return book;
}

std::string FeedBook::text() const {
  json kept{{"v", kFormat},   {"binding", binding},   {"birth", birth},
            {"start", start}, {"primed", primed},     {"cursor", cursor.text},
            {"pass", pass},   {"accepted", accepted}, {"newest", newest}};
  if (offer) kept["offer"] = {{"number", offer->number}, {"cursor", offer->cursor.text}, {"ended", offer->ended}};
  return kept.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string FeedBook::token(int64_t number) const { return fmt::format("{}-{}", birth, number); }

int64_t FeedBook::number_of(std::string_view token) const {
  int64_t number = -1;
  if (token.size() > birth.size() && token.starts_with(birth) && token[birth.size()] == '-') {
    const std::string_view digits = token.substr(birth.size() + 1);
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (fault != std::errc() || end != digits.data() + digits.size()) number = -1;
  }
  if (number >= 0 && number <= newest) return number;
  throw Error(
      ErrorKind::conflict,
      "accept: the feed has not given this token, so its state was lost or begun anew; leave `accept` out to go "
      "on with what the feed knows")
      .with_field("accept")
      .with_code("feed_token_unknown");
}

void FeedBook::propose(Cursor behind, bool ended) { offer = Offer{++newest, std::move(behind), ended}; }

void FeedBook::advance(Cursor to, bool ended) {
  cursor = std::move(to);
  offer.reset();
  if (!ended) return;
  primed = true;
  ++pass;
}

}  // namespace nexpo
