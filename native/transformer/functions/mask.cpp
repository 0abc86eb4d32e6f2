// Functions that hide a value: mask, hash.
#include "crypto/digest.hpp"
#include "record/utf8.hpp"
#include "transformer/characters.hpp"
#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr int64_t kKeptMax = 1'000;
constexpr int kDigestCharacters = 64;

struct Mask {
  size_t first, last;  ///< characters that stay
  std::string with;
};

// A text that would stay whole is hidden whole.
bool mask(const Mask& rule, Value& cell, StepContext& context) {
  const std::string_view text = cell.view();
  const size_t count = count_characters(text);
  const bool shows = rule.first + rule.last < count;
  const size_t first = shows ? rule.first : 0, last = shows ? rule.last : 0;
  std::string& out = context.scratch;
  out.assign(text.substr(0, offset_of_character(text, first)));
  for (size_t hidden = count - first - last; hidden > 0; --hidden) out += rule.with;
  out += text.substr(offset_of_character(text, count - last));
  cell = Value::text(context.arena.copy(out));
  return true;
}

Step compile_mask(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  const auto first = static_cast<size_t>(options.integer("first", 0, kKeptMax).value_or(0));
  const auto last = static_cast<size_t>(options.integer("last", 0, kKeptMax).value_or(0));
  std::string with = options.text("with", "*");
  options.finish();
  if (!is_utf8(with) || count_characters(with) != 1) {
    context.params.faults().add(options.at("with"), "this must be one character", "write for example \"*\"");
  }
  return make_step<Mask, mask>({first, last, std::move(with)});
}

struct Hash {
  std::string salt;
};

bool hash(const Hash& rule, Value& cell, StepContext& context) {
  const std::string digest = rule.salt.empty() ? sha256(cell.view()) : hmac_sha256(rule.salt, cell.view());
  cell = Value::text(context.arena.copy(hex_encode(digest)));
  return true;
}

Step compile_hash(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  std::string salt;
  if (options.has("salt")) salt = options.required_text("salt", "write a text that stays the same");
  options.finish();
  Step step = make_step<Hash, hash>({std::move(salt)});
  step.describe = [](FieldSchema& field) { field.length_max = kDigestCharacters; };
  return step;
}

constexpr Function kFunctions[] = {{"mask", FieldType::text, compile_mask}, {"hash", FieldType::text, compile_hash}};

}  // namespace

std::span<const Function> mask_functions() { return kFunctions; }

}  // namespace nexpo
