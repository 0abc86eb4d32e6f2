#include "engine/end.hpp"

#include <fmt/format.h>

#include "connectors/registry.hpp"
#include "crypto/digest.hpp"
#include "engine/integration.hpp"

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

EndSettings settings_of(const json& body, const std::string& name) {
  const auto end = body.find(name);
  if (end == body.end() || !end->is_object())
    throw Error(ErrorKind::invalid, name + ": must be an object with type and config, or with integration")
        .with_field(name);
  EndSettings settings;
  if (end->contains("integration")) {
    settings.integration = text_at(*end, name, "integration");
    if (end->size() > 1)
      throw Error(ErrorKind::invalid, name + ": an integration has its own settings; leave the others out")
          .with_field(name);
  } else {
    settings.type = text_at(*end, name, "type");
    settings.config = end->value("config", json::object());
  }
  return settings;
}

}  // namespace

std::unique_ptr<Connection> connect_end(Runtime& runtime, const EndSettings& end, const std::string& at,
                                        std::string scope, CancelToken cancel) {
  const std::string place = end.place(at);
  const ConnectorType& connector = connector_type(end.type, place + ".type");
  const json checked = check_config(connector.spec, end.config, place + ".config");
  if (!end.integration.empty()) scope = fmt::format("{}/{}/", kIntegrationKind, end.integration);
  const ConnectorContext context{runtime.loop,     runtime.workers, runtime.http, *runtime.credentials,
                                 std::move(scope), runtime.log,     cancel,       &runtime.host_tokens};
  return connector.connect(checked, context);
}

Task<End> End::open(Runtime& runtime, const json& body, std::string name, json detail) {
  EndSettings given = settings_of(body, name);
  const EndSettings end = co_await resolve_integration(runtime, std::move(given), name, std::move(detail));
  std::string scope;
  if (end.integration.empty()) {
    const ConnectorType& connector = connector_type(end.type, name + ".type");
    scope = scope_of(connector, check_config(connector.spec, end.config, name + ".config"));
  }
  co_return End(connect_end(runtime, end, name, std::move(scope), runtime.calls_stop));
}

}  // namespace nexpo
