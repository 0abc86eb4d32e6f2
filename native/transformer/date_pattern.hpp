// DatePattern: dates and times by a pattern of letters, as Unicode's locale data defines them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "transformer/moment.hpp"

namespace nexpo {

/// Letters: yyyy yy, M MM MMM MMMM, d dd, EEE EEEE (day of the week), H HH (0-23), h hh (1-12) with a (AM, PM), m mm,
/// s ss, S to SSSSSSSSS (fraction), X XX XXX (offset, Z for UTC: +01, +0100, +01:00), x xx xxx (the same, never Z).
/// Other letters stand in single quotes ('T'), two of which are one quote. Anything else stands for itself. Names of
/// months and days are English. Two-digit years are 1970 to 2069.
class DatePattern {
 public:
  /// `fault` says what is wrong with the pattern, and is empty if nothing is.
  static DatePattern compile(std::string_view pattern, std::string& fault);

  /// All of `text` has to match. What the pattern has no letter for is taken from 1970-01-01 00:00.
  bool parse(std::string_view text, Moment& moment) const;
  void append(std::string& out, const Moment& moment) const;

  bool has_time() const { return has_time_; }
  bool has_offset() const { return has_offset_; }

 private:
  enum class Part : uint8_t {
    literal,
    year,
    year_of_century,
    month,
    month_short,
    month_long,
    day,
    weekday_short,
    weekday_long,
    hour,
    hour_of_half,
    minute,
    second,
    fraction,
    half_of_day,
    offset,
    offset_or_z,
  };
  struct Token {
    Part part;
    int width;         ///< number of letters
    std::string text;  ///< of a literal
  };
  class Reader;

  static bool is_time(Part part) { return part >= Part::hour; }
  static bool part_of(char letter, int width, Part& part);
  void append_token(std::string& out, const Token& token, const Moment& moment) const;

  std::vector<Token> tokens_;
  bool has_time_ = false;
  bool has_offset_ = false;
};

}  // namespace nexpo
