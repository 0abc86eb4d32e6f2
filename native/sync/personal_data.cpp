#include "sync/personal_data.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/error.hpp"
#include "crypto/block_cipher.hpp"
#include "record/json.hpp"

namespace nexpo {
namespace {

/// Bytes of a value that a message must share with it to be taken for a quotation.
constexpr size_t kQuoteBytesMin = 8;
/// Shorter values are masked only where they stand for themselves, or a "1" would eat half a message.
constexpr size_t kInsideBytesMin = 3;

bool is_word(std::string_view text, size_t at) {
  return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
}

void mask_value(std::string& text, std::string_view value) {
  const std::string_view begin = value.substr(0, kQuoteBytesMin);
  if (begin.empty()) return;
  for (size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    size_t size = begin.size();
    while (size < value.size() && at + size < text.size() && text[at + size] == value[size]) ++size;
    const bool inside = (at > 0 && is_word(text, at - 1)) || is_word(text, at + size);
    if (value.size() < kInsideBytesMin && inside) {
      at += size;
      continue;
    }
    text.replace(at, size, kMasked);
    at += kMasked.size();
  }
}

void mask_row(std::string& text, std::span<const Value> cells, const std::vector<bool>& personal) {
  for (size_t slot = 0; slot < cells.size(); ++slot)
    if (personal[slot]) mask_value(text, cells[slot].view());
}

}  // namespace

PersonalData::PersonalData(const MappingPlan& mapping, std::shared_ptr<const DataKey> key)
    : mapping_(mapping), key_(std::move(key)) {
  if (!marked()) return;
  if (!key_) throw Error(ErrorKind::internal, "a mapping with personal data needs a data key");
  fingerprint_key_ = key_->derive("fingerprints");
}

void PersonalData::shield(std::span<Fingerprint> fingerprints) const {
  static_assert(sizeof(Fingerprint) == sizeof(Fingerprint::bytes));
  if (!marked() || fingerprints.empty()) return;
  encrypt_blocks(fingerprint_key_, {fingerprints.front().bytes.data(), fingerprints.size_bytes()});
}

std::string PersonalData::original_of(const RecordBatch& source, size_t row) const {
  const JsonRowWriter writer(source.shape());
  std::vector<Value> open(source.row(row).begin(), source.row(row).end()), personal(open.size());
  bool any = false;
  for (size_t slot = 0; slot < open.size(); ++slot) {
    if (!mapping_.personal_slots()[slot] || !open[slot].present()) continue;
    personal[slot] = std::exchange(open[slot], Value::text(kMasked));
    any = true;
  }
  std::string plain, secret, sealed;
  writer.append(plain, open);
  if (!any) return plain;
  writer.append(secret, personal);
  sealed = key_->seal(secret);
  OPENSSL_cleanse(secret.data(), secret.size());
  return KeptOriginal{plain, sealed}.text();
}

std::string PersonalData::seal(std::string_view plain) const { return key_->seal(plain); }

std::optional<Secret> PersonalData::open(std::string_view sealed) const {
  return key_ ? key_->open(sealed) : std::nullopt;
}

std::string PersonalData::masked(std::string text, std::span<const Value> source_row,
                                 std::span<const Value> mapped_row) const {
  if (!marked()) return text;
  mask_row(text, source_row, mapping_.personal_slots());
  mask_row(text, mapped_row, mapping_.personal_fields());
  return text;
}

}  // namespace nexpo
