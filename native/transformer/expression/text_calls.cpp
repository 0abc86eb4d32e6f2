// Functions that make texts of texts. Positions count characters, from 0.
#include <algorithm>

#include <utf8proc.h>

#include "record/utf8.hpp"
#include "transformer/expression/format_call.hpp"
#include "transformer/expression/signature.hpp"
#include "transformer/expression/text_position.hpp"

namespace nexpo::cel {
namespace {

using Arguments = std::span<const Datum>;

bool all_texts(Run& run, Arguments arguments, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!arguments[i].is(Kind::text)) return run.no_overload(arguments[0], arguments[i]);
  }
  return true;
}

bool char_at(Run& run, Arguments arguments, Datum& out) {
  if (!all_texts(run, arguments, 1) || !arguments[1].is(Kind::integer))
    return run.no_overload(arguments[0], arguments[1]);
  const std::string_view text = arguments[0].view();
  const std::optional<size_t> at = byte_of(run, text, arguments[1].integer);
  if (!at) return run.fail(FaultCode::index_out_of_range);
  out = Datum::text(text.substr(*at, *at < text.size() ? utf8_size_of_lead(text[*at]) : 0), arguments[0].lasting);
  return true;
}

bool substring(Run& run, Arguments arguments, Datum& out) {
  if (!all_texts(run, arguments, 1)) return false;
  for (const Datum& position : arguments.subspan(1)) {
    if (!position.is(Kind::integer)) return run.no_overload(arguments[0], position);
  }
  const std::string_view text = arguments[0].view();
  const std::optional<size_t> from = byte_of(run, text, arguments[1].integer);
  const std::optional<size_t> to = arguments.size() == 2 ? text.size() : byte_of(run, text, arguments[2].integer);
  if (!from || !to || *from > *to) return run.fail(FaultCode::index_out_of_range);
  out = Datum::text(text.substr(*from, *to - *from), arguments[0].lasting);
  return true;
}

template <char first, char last, int shift>
bool shift_case(Run& run, Arguments arguments, Datum& out) {
  if (!all_texts(run, arguments, 1)) return false;
  const std::string_view text = arguments[0].view();
  char* const place = run.new_text(text.size());
  if (!place) return false;
  std::transform(text.begin(), text.end(), place,
                 [](char c) { return c >= first && c <= last ? static_cast<char>(c + shift) : c; });
  out = Datum::text({place, text.size()});
  return true;
}

// White space by Unicode: White_Space=yes.
bool is_space(char32_t code) {
  return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
         code == 0x3000;
}

bool trim(Run& run, Arguments arguments, Datum& out) {
  if (!all_texts(run, arguments, 1)) return false;
  std::string_view text = arguments[0].view();
  while (!text.empty()) {
    const size_t size = utf8_size_of_lead(text[0]);
    if (!is_space(read_utf8(text, 0, size))) break;
    text.remove_prefix(size);
  }
  while (!text.empty()) {
    size_t at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    if (!is_space(read_utf8(text, at, text.size() - at))) break;
    text = text.substr(0, at);
  }
  run.charge_bytes(arguments[0].size);
  out = Datum::text(text, arguments[0].lasting);
  return true;
}

bool reverse(Run& run, Arguments arguments, Datum& out) {
  if (arguments[0].is(Kind::list)) {
    Datum* const items = run.make<Datum>(arguments[0].size);
    if (!items) return false;
    std::reverse_copy(arguments[0].list().begin(), arguments[0].list().end(), items);
    out = Datum::list({items, arguments[0].size});
    return true;
  }
  if (!all_texts(run, arguments, 1)) return false;
  const std::string_view text = arguments[0].view();
  char* const place = run.new_text(text.size());
  if (!place) return false;
  for (size_t at = 0; at < text.size();) {
    const size_t size = utf8_size_of_lead(text[at]);
    std::copy_n(text.data() + at, size, place + text.size() - at - size);
    at += size;
  }
  out = Datum::text({place, text.size()});
  return true;
}

// replace(from, to), replace(from, to, at most so many). An empty `from` stands between all characters.
bool replace(Run& run, Arguments arguments, Datum& out) {
  if (!all_texts(run, arguments, 3)) return false;
  if (arguments.size() == 4 && !arguments[3].is(Kind::integer)) return run.no_overload(arguments[0], arguments[3]);
  int64_t left = arguments.size() == 4 ? arguments[3].integer : -1;
  const std::string_view text = arguments[0].view(), from = arguments[1].view(), to = arguments[2].view();
  std::string& made = run.scratch;
  made.clear();
  size_t at = 0;
  while (left != 0) {
    const size_t hit = text.find(from, at);
    if (hit == std::string_view::npos) break;
    made.append(text.substr(at, hit - at)).append(to);
    run.charge_bytes(16 + hit - at + to.size());
    if (run.is_exhausted()) return run.fail(FaultCode::too_costly);
    at = hit + from.size();
    --left;
    if (!from.empty()) continue;
    if (at == text.size()) break;
    const size_t size = utf8_size_of_lead(text[at]);
    made.append(text.substr(at, size));
    at += size;
  }
  made.append(text.substr(at));
  return run.keep_text(made, out);
}

bool split(Run& run, Arguments arguments, Datum& out) {
  if (!all_texts(run, arguments, 2)) return false;
  if (arguments.size() == 3 && !arguments[2].is(Kind::integer)) return run.no_overload(arguments[0], arguments[2]);
  const std::string_view text = arguments[0].view(), by = arguments[1].view();
  const int64_t most = arguments.size() == 3 ? arguments[2].integer : -1;
  const bool lasting = arguments[0].lasting;
  out = Datum::list(std::span<const Datum>());
  if (most == 0 || (by.empty() && text.empty())) return true;
  size_t at = 0;
  run.charge_bytes(text.size());
  for (int64_t parts = 1; most < 0 || parts < most; ++parts) {
    size_t hit = by.empty() ? at + utf8_size_of_lead(text[at]) : text.find(by, at);
    if (hit == std::string_view::npos || (by.empty() && hit >= text.size())) break;
    if (!push_item(run, out, Datum::text(text.substr(at, hit - at), lasting))) return false;
    at = hit + by.size();
  }
  return push_item(run, out, Datum::text(text.substr(at), lasting));
}

bool join_texts(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::list)) return run.no_overload(arguments[0], arguments.back());
  if (arguments.size() == 2 && !arguments[1].is(Kind::text)) return run.no_overload(arguments[0], arguments[1]);
  const std::string_view with = arguments.size() == 2 ? arguments[1].view() : "";
  size_t size = 0;
  for (const Datum& item : arguments[0].list()) {
    if (!item.is(Kind::text)) return run.no_overload(arguments[0], item);
    size += item.size + with.size();
  }
  run.charge_items(arguments[0].size);
  if (size > UINT32_MAX) return run.fail(FaultCode::too_much_data);
  char* const place = run.new_text(size);
  if (!place) return false;
  char* at = place;
  for (const Datum& item : arguments[0].list()) {
    if (at != place) at = std::copy(with.begin(), with.end(), at);
    if (at == place && &item != arguments[0].items) at = std::copy(with.begin(), with.end(), at);
    at = std::copy_n(item.data, item.size, at);
  }
  out = Datum::text({place, static_cast<size_t>(at - place)});
  return true;
}

// strings.quote(text): as a literal in double quotes.
bool quote(Run& run, Arguments arguments, Datum& out) {
  if (!all_texts(run, arguments, 1)) return false;
  constexpr std::string_view kSpecial = "\a\b\f\n\r\t\v\\\"", kLetters = "abfnrtv\\\"";
  std::string& made = run.scratch;
  made = '"';
  for (const char c : arguments[0].view()) {
    const size_t special = kSpecial.find(c);
    if (special != std::string_view::npos) made += '\\';
    made += special == std::string_view::npos ? c : kLetters[special];
  }
  made += '"';
  return run.keep_text(made, out);
}

constexpr Signature kSignatures[] = {
    {"charAt", Style::receiver, "si", "s!", char_at},
    {"substring", Style::receiver, "si", "s!", substring},
    {"substring", Style::receiver, "sii", "s!", substring},
    {"lowerAscii", Style::receiver, "s", "s", shift_case<'A', 'Z', 'a' - 'A'>},
    {"upperAscii", Style::receiver, "s", "s", shift_case<'a', 'z', 'A' - 'a'>},
    {"trim", Style::receiver, "s", "s", trim},
    {"reverse", Style::receiver, "s", "s", reverse},
    {"reverse", Style::receiver, "l", "A", reverse},
    {"replace", Style::receiver, "sss", "s", replace},
    {"replace", Style::receiver, "sssi", "s", replace},
    {"split", Style::receiver, "ss", "S", split},
    {"split", Style::receiver, "ssi", "S", split},
    {"join", Style::receiver, "S", "s", join_texts},
    {"join", Style::receiver, "Ss", "s", join_texts},
    {"strings.quote", Style::global, "s", "s", quote},
    {"format", Style::receiver, "sl", "s!", format_text},
};

}  // namespace

std::span<const Signature> text_signatures() { return kSignatures; }

}  // namespace nexpo::cel
