#include "transformer/contact/calling_codes.hpp"

#include <algorithm>

namespace nexpo {
namespace {

// Argentina, Belarus and Lithuania are left out: what is dialled at home there does not tell the number.
constexpr CallingCountry kCountries[] = {
    {"AD", "376", ""},
    {"AE", "971", "0"},
    {"AL", "355", "0"},
    {"AM", "374", "0"},
    {"AT", "43", "0"},
    {"AU", "61", "0", "0011"},
    {"AZ", "994", "0"},
    {"BA", "387", "0"},
    {"BB", "1", "1", "011", 10, 10},
    {"BD", "880", "0"},
    {"BE", "32", "0", "00", 8, 9},
    {"BG", "359", "0"},
    {"BH", "973", ""},
    {"BO", "591", "0"},
    {"BR", "55", "0", "00", 10, 11},
    {"BS", "1", "1", "011", 10, 10},
    {"CA", "1", "1", "011", 10, 10},
    {"CH", "41", "0"},
    {"CL", "56", ""},
    {"CN", "86", "0"},
    {"CO", "57", "", "00", 10, 10},
    {"CR", "506", ""},
    {"CU", "53", "0"},
    {"CY", "357", ""},
    {"CZ", "420", ""},
    {"DE", "49", "0"},
    {"DK", "45", "", "00", 8, 8},
    {"DO", "1", "1", "011", 10, 10},
    {"DZ", "213", "0"},
    {"EC", "593", "0"},
    {"EE", "372", ""},
    {"EG", "20", "0"},
    {"ES", "34", "", "00", 9, 9},
    {"ET", "251", "0"},
    {"FI", "358", "0"},
    {"FO", "298", ""},
    {"FR", "33", "0", "00", 9, 9},
    {"GB", "44", "0"},
    {"GE", "995", "0"},
    {"GH", "233", "0"},
    {"GI", "350", ""},
    {"GL", "299", ""},
    {"GR", "30", "", "00", 10, 10},
    {"GT", "502", ""},
    {"HK", "852", "", "001"},
    {"HN", "504", ""},
    {"HR", "385", "0"},
    {"HU", "36", "06"},
    {"ID", "62", "0", "001"},
    {"IE", "353", "0"},
    {"IL", "972", "0"},
    {"IN", "91", "0", "00", 10, 10},
    {"IQ", "964", "0"},
    {"IR", "98", "0"},
    {"IS", "354", ""},
    {"IT", "39", ""},
    {"JM", "1", "1", "011", 10, 10},
    {"JO", "962", "0"},
    {"JP", "81", "0", "010"},
    {"KE", "254", "0", "000"},
    {"KR", "82", "0", "001"},
    {"KW", "965", ""},
    {"KZ", "7", "8", "810", 10, 10},
    {"LB", "961", "0"},
    {"LI", "423", ""},
    {"LK", "94", "0"},
    {"LU", "352", ""},
    {"LV", "371", ""},
    {"MA", "212", "0"},
    {"MC", "377", ""},
    {"MD", "373", "0"},
    {"ME", "382", "0"},
    {"MK", "389", "0"},
    {"MO", "853", ""},
    {"MT", "356", ""},
    {"MX", "52", "", "00", 10, 10},
    {"MY", "60", "0"},
    {"NG", "234", "0", "009"},
    {"NI", "505", ""},
    {"NL", "31", "0"},
    {"NO", "47", ""},
    {"NP", "977", "0"},
    {"NZ", "64", "0"},
    {"OM", "968", ""},
    {"PA", "507", ""},
    {"PE", "51", "0"},
    {"PH", "63", "0"},
    {"PK", "92", "0"},
    {"PL", "48", "", "00", 9, 9},
    {"PR", "1", "1", "011", 10, 10},
    {"PT", "351", "", "00", 9, 9},
    {"PY", "595", "0"},
    {"QA", "974", ""},
    {"RO", "40", "0"},
    {"RS", "381", "0"},
    {"RU", "7", "8", "810", 10, 10},
    {"SA", "966", "0"},
    {"SE", "46", "0"},
    {"SG", "65", "", "001"},
    {"SI", "386", "0"},
    {"SK", "421", "0"},
    {"SM", "378", ""},
    {"SV", "503", ""},
    {"TH", "66", "0", "001"},
    {"TN", "216", ""},
    {"TR", "90", "0"},
    {"TT", "1", "1", "011", 10, 10},
    {"TW", "886", "0", "002"},
    {"TZ", "255", "0", "000"},
    {"UA", "380", "0"},
    {"UG", "256", "0", "000"},
    {"US", "1", "1", "011", 10, 10},
    {"UY", "598", "0"},
    {"VA", "39", ""},
    {"VE", "58", "0"},
    {"VN", "84", "0"},
    {"XK", "383", "0"},
    {"ZA", "27", "0"},
};

// Of the ITU's list of assigned country codes.
constexpr std::string_view kTwoDigits =
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 "
    "91 92 93 94 95 98";
constexpr std::string_view kThreeDigits =
    "211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 "
    "243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 "
    "297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 "
    "387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 "
    "674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 852 853 855 856 870 878 880 "
    "881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 "
    "998";

bool lists(std::string_view codes, std::string_view code, size_t size) {
  return code.size() >= size && codes.find(code.substr(0, size)) != std::string_view::npos;
}

}  // namespace

const CallingCountry* CallingCountry::find(std::string_view country) {
  if (country.size() != 2) return nullptr;
  const char upper[] = {static_cast<char>(country[0] & ~0x20), static_cast<char>(country[1] & ~0x20)};
  const auto found =
      std::lower_bound(std::begin(kCountries), std::end(kCountries), std::string_view(upper, 2),
                       [](const CallingCountry& row, std::string_view name) { return row.country < name; });
  return found == std::end(kCountries) || found->country != std::string_view(upper, 2) ? nullptr : found;
}

const CallingCountry* CallingCountry::with_code(std::string_view code) {
  const auto found = std::find_if(std::begin(kCountries), std::end(kCountries),
                                  [&](const CallingCountry& row) { return row.code == code; });
  return found == std::end(kCountries) ? nullptr : found;
}

size_t calling_code_size(std::string_view digits) {
  if (digits.starts_with('1') || digits.starts_with('7')) return 1;
  if (lists(kTwoDigits, digits, 2)) return 2;
  return lists(kThreeDigits, digits, 3) ? 3 : 0;
}

}  // namespace nexpo
