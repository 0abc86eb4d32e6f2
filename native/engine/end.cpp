#include "engine/end.hpp"

#include <fmt/format.h>

#include "connectors/registry.hpp"
#include "crypto/digest.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

std::string scope_of(const ConnectorType& type, const json& config) {
  json open = json::object();
  for (const Option& option : type.spec.options) {
    const std::string name(option.name);
    if (option.type != OptionType::secret && config.contains(name)) open[name] = config[name];
  }
  return fmt::format("end/{}/{}/", type.name, hex_encode(sha256(open.dump())));
}

std::string text_at(const json& end, const std::string& at, const char* key) {
  const auto found = end.find(key);
  if (found != end.end() && found->is_string() && !found->get_ref<const std::string&>().empty()) return *found;
  throw Error(ErrorKind::invalid, fmt::format("{}.{}: must be a text that is not empty", at, key)).with_field(at);
}

}  // namespace

std::unique_ptr<Connection> connect_end(Runtime& runtime, const std::string& type, const json& config,
                                        const std::string& at, std::string scope, CancelToken cancel) {
  const ConnectorType& connector = connector_type(type, at + ".type");
  const json checked = check_config(connector.spec, config, at + ".config");
  const ConnectorContext context{runtime.loop,     runtime.workers, runtime.http, *runtime.credentials,
                                 std::move(scope), runtime.log,     cancel,       &runtime.host_tokens};
  return connector.connect(checked, context);
}

End::End(Runtime& runtime, const json& body, const std::string& name) {
  const auto end = body.find(name);
  if (end == body.end() || !end->is_object())
    throw Error(ErrorKind::invalid, name + ": must be an object with type and config").with_field(name);
  const std::string type = text_at(*end, name, "type");
  const json given = end->value("config", json::object());
  const ConnectorType& connector = connector_type(type, name + ".type");
  std::string scope = scope_of(connector, check_config(connector.spec, given, name + ".config"));
  connection_ = connect_end(runtime, type, given, name, std::move(scope), runtime.calls_stop);
}

}  // namespace nexpo
