#include "engine/feed_book.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

FeedBook book() {
  FeedBook book;
  book.binding = "b";
  book.birth = "0a1b2c3d4e5f6071";
  book.start = "2026-01-02T03:04:05Z";
  book.cursor.text = R"({"v":1})";
  book.pass = 7;
  book.accepted = 3;
  book.newest = 3;
  return book;
}

std::string fault_of(const FeedBook& book, std::string_view token) {
  try {
    (void)book.number_of(token);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
    EXPECT_EQ(error.field(), "accept");
    return error.code();
  }
  return "taken";
}

TEST(FeedBook, WhatIsKeptComesBack) {
  FeedBook kept = book();
  kept.primed = false;
  kept.offer = FeedBook::Offer{4, {"behind"}, true};
  const FeedBook read = FeedBook::parse(kept.text());
  EXPECT_EQ(read.text(), kept.text());
  EXPECT_EQ(read.birth, kept.birth);
  EXPECT_EQ(read.cursor, kept.cursor);
  EXPECT_FALSE(read.primed);
  ASSERT_TRUE(read.offer);
  EXPECT_EQ(read.offer->number, 4);
  EXPECT_TRUE(read.offer->ended);
}

TEST(FeedBook, TextOfAnotherVersionIsRefused) {
  EXPECT_THROW(FeedBook::parse(R"({"v":2})"), Error);
  EXPECT_THROW(FeedBook::parse("nothing"), Error);
}

TEST(FeedBook, TakesTheTokensThatItGave) {
  FeedBook given = book();
  EXPECT_EQ(given.number_of(given.token(3)), 3);
  EXPECT_EQ(given.number_of(given.token(0)), 0);
  EXPECT_EQ(fault_of(given, given.token(4)), "feed_token_unknown") << "nothing was offered yet";
  given.propose({}, false);
  EXPECT_EQ(given.offer->number, 4);
  EXPECT_EQ(given.number_of(given.token(4)), 4);
}

TEST(FeedBook, ABatchThatIsOfferedAgainHasANumberOfItsOwn) {
  FeedBook given = book();
  given.propose({"behind a few"}, false);
  given.propose({"behind many"}, false);
  EXPECT_EQ(given.offer->number, 5);
  EXPECT_EQ(given.number_of(given.token(4)), 4) << "known, but not the number of what is offered now";
  EXPECT_EQ(FeedBook::parse(given.text()).newest, 5);
}

TEST(FeedBook, RefusesTokensOfAnotherFeed) {
  FeedBook other = book();
  other.birth = "ffffffffffffffff";
  for (const std::string& token :
       {other.token(1), std::string("0a1b2c3d4e5f6071"), std::string("0a1b2c3d4e5f6071-"),
        std::string("0a1b2c3d4e5f6071-1x"), std::string("0a1b2c3d4e5f6071--1"), std::string()})
    EXPECT_EQ(fault_of(book(), token), "feed_token_unknown") << token;
}

TEST(FeedBook, APassEndsOnlyWithItsWindow) {
  FeedBook kept = book();
  kept.primed = false;
  kept.offer = FeedBook::Offer{4, {}, false};
  kept.advance({"middle"}, false);
  EXPECT_EQ(kept.pass, 7);
  EXPECT_FALSE(kept.primed) << "history is noted to the end of its pass";
  EXPECT_FALSE(kept.offer);
  kept.advance({"end"}, true);
  EXPECT_EQ(kept.pass, 8);
  EXPECT_TRUE(kept.primed);
  EXPECT_EQ(kept.cursor.text, "end");
  EXPECT_LT(kept.needed_from(), 7) << "what the pass before has met can still come again";
}

}  // namespace
}  // namespace nexpo
