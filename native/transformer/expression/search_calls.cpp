// Functions that look for a text in a text.
#include <re2/re2.h>

#include "transformer/expression/signature.hpp"
#include "transformer/expression/text_position.hpp"

namespace nexpo::cel {
namespace {

using Arguments = std::span<const Datum>;

bool are_texts(Run& run, Arguments arguments) {
  if (arguments[0].is(Kind::text) && arguments[1].is(Kind::text)) return true;
  return run.no_overload(arguments[0], arguments[1]);
}

bool has_text(Run& run, Arguments arguments, Datum& out) {
  if (!are_texts(run, arguments)) return false;
  run.charge_bytes(arguments[0].size);
  out = Datum::of(arguments[0].view().find(arguments[1].view()) != std::string_view::npos);
  return true;
}

bool starts_with(Run& run, Arguments arguments, Datum& out) {
  if (!are_texts(run, arguments)) return false;
  out = Datum::of(arguments[0].view().starts_with(arguments[1].view()));
  return true;
}

bool ends_with(Run& run, Arguments arguments, Datum& out) {
  if (!are_texts(run, arguments)) return false;
  out = Datum::of(arguments[0].view().ends_with(arguments[1].view()));
  return true;
}

// A pattern that is a literal is compiled with the expression (emitter); this one is made of values.
bool matches(Run& run, Arguments arguments, Datum& out) {
  if (!are_texts(run, arguments)) return false;
  const std::string_view pattern = arguments[1].view();
  if (!run.pattern || run.pattern_text != pattern) {
    constexpr int64_t kCompileBytes = 64;  // of reading for each byte of a pattern
    run.charge_bytes(pattern.size() * kCompileBytes);
    RE2::Options options(RE2::Quiet);
    run.pattern_text = pattern;
    run.pattern = std::make_unique<RE2>(run.pattern_text, options);
  }
  if (!run.pattern->ok()) return run.fail(FaultCode::bad_argument);
  run.charge_bytes(arguments[0].size);
  out = Datum::of(RE2::PartialMatch(re2::StringPiece(arguments[0].data, arguments[0].size), *run.pattern));
  return true;
}

bool index_of(Run& run, Arguments arguments, Datum& out) {
  if (!are_texts(run, arguments)) return false;
  if (arguments.size() == 3 && !arguments[2].is(Kind::integer)) return run.no_overload(arguments[0], arguments[2]);
  const std::string_view text = arguments[0].view(), wanted = arguments[1].view();
  const std::optional<size_t> from = byte_of(run, text, arguments.size() == 3 ? arguments[2].integer : 0);
  if (!from) return run.fail(FaultCode::index_out_of_range);
  run.charge_bytes(text.size());
  const size_t hit = text.find(wanted, *from);
  out = Datum::of(hit == std::string_view::npos ? int64_t{-1} : count_characters(text.substr(0, hit)));
  return true;
}

// lastIndexOf(wanted), lastIndexOf(wanted, the last position where it may begin)
bool last_index_of(Run& run, Arguments arguments, Datum& out) {
  if (!are_texts(run, arguments)) return false;
  if (arguments.size() == 3 && !arguments[2].is(Kind::integer)) return run.no_overload(arguments[0], arguments[2]);
  const std::string_view text = arguments[0].view(), wanted = arguments[1].view();
  std::optional<size_t> from = text.size();
  if (arguments.size() == 3) from = byte_of(run, text, arguments[2].integer);
  if (!from) return run.fail(FaultCode::index_out_of_range);
  run.charge_bytes(text.size());
  const size_t hit = text.rfind(wanted, *from);
  out = Datum::of(hit == std::string_view::npos ? int64_t{-1} : count_characters(text.substr(0, hit)));
  return true;
}

constexpr Signature kSignatures[] = {
    {"contains", Style::receiver, "ss", "b", has_text},
    {"startsWith", Style::receiver, "ss", "b", starts_with},
    {"endsWith", Style::receiver, "ss", "b", ends_with},
    {"matches", Style::both, "ss", "b!", matches},
    {"indexOf", Style::receiver, "ss", "i", index_of},
    {"indexOf", Style::receiver, "ssi", "i!", index_of},
    {"lastIndexOf", Style::receiver, "ss", "i", last_index_of},
    {"lastIndexOf", Style::receiver, "ssi", "i!", last_index_of},
};

}  // namespace

std::span<const Signature> search_signatures() { return kSignatures; }

}  // namespace nexpo::cel
