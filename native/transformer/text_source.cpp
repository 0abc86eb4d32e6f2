#include "transformer/text_source.hpp"

namespace nexpo {

TextSource TextSource::read(Params& options, std::string_view key, const SlotOf& slot_of) {
  TextSource source;
  const nlohmann::json* value = options.find(key);
  if (!value) return source;
  if (value->is_object()) {
    Params inner = options.options(key);
    const std::string path = inner.required_text("field", "write the path of a source field");
    inner.finish();
    if (!path.empty()) source.slot = slot_of(path);
  } else {
    source.text = options.required_text(key, "write a text, or {\"field\": \"Path\"}");
  }
  return source;
}

}  // namespace nexpo
