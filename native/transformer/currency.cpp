#include "transformer/currency.hpp"

#include <array>

namespace nexpo {
namespace {

constexpr size_t kCodeSize = 3;

// By digits behind the point, from 0. Currencies that were withdrawn since 2020 are among them: old records have them.
constexpr std::array<std::string_view, 5> kCodes = {
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    "",
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
    "CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK "
    "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER "
    "ZAR ZMW ZWG ZWL",
    "BHD IQD JOD KWD LYD OMR TND",
    "CLF UYW",
};

}  // namespace

std::optional<int> minor_units(std::string_view code) {
  if (code.size() != kCodeSize) return std::nullopt;
  char upper[kCodeSize];
  for (size_t i = 0; i < kCodeSize; ++i) {
    upper[i] = code[i] >= 'a' && code[i] <= 'z' ? static_cast<char>(code[i] - 0x20) : code[i];
    if (upper[i] < 'A' || upper[i] > 'Z') return std::nullopt;
  }
  for (size_t units = 0; units < kCodes.size(); ++units) {
    if (kCodes[units].find({upper, kCodeSize}) != std::string_view::npos) return static_cast<int>(units);
  }
  return std::nullopt;
}

}  // namespace nexpo
