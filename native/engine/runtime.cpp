#include "engine/runtime.hpp"

#include <future>

#include <nlohmann/json.hpp>

#include "crypto/key_file.hpp"
#include "engine/report_json.hpp"
#include "store/pg_store.hpp"
#include "store/sqlite_store.hpp"

namespace nexpo {
namespace {

Log make_log(LogLevel level, const std::function<void(std::string)>& on_event) {
  return Log(level, [on_event](LogLevel at, std::string_view message) {
    constexpr std::string_view names[]{"debug", "info", "warn", "error"};
    const nlohmann::json event{{"type", "log"}, {"level", names[static_cast<size_t>(at)]}, {"message", message}};
    on_event(dump(event));
  });
}

http::CurlOptions curl_options(const EngineConfig& config) {
  http::CurlOptions options;
  options.network.allow_loopback = config.allow_loopback;
  options.network.allow_private = config.allow_private;
  options.ca_pem = config.ca_pem;
  return options;
}

Task<std::unique_ptr<StateStore>> open_store(Runtime& runtime) {
  if (runtime.config.database_url.empty()) return open_sqlite_store(runtime.config.home, runtime.workers);
  return open_pg_store(runtime.config.database_url, runtime.workers);
}

/// Keys of the configuration, or the key file of the home folder.
Vault open_vault(EngineConfig& config) {
  std::vector<Secret> keys = std::move(config.encryption_keys);
  if (keys.empty()) keys.push_back(load_or_make_key(config.home));
  return Vault(std::move(keys));
}

Task<> keep_store(Runtime& runtime) { runtime.store = co_await open_store(runtime); }

/// Runs `task` on the loop thread and waits for it on this one. The promise is shared: the loop thread may still be
/// inside it when this one goes on.
void run_blocking(Loop& loop, Task<> task) {
  const auto ended = std::make_shared<std::promise<void>>();
  std::future<void> end = ended->get_future();
  loop.post([&task, ended] {
    spawn(std::move(task), [ended](std::exception_ptr thrown) {
      if (thrown)
        ended->set_exception(std::move(thrown));
      else
        ended->set_value();
    });
  });
  end.get();
}

}  // namespace

Runtime::Runtime(EngineConfig given, std::function<void(std::string)> event_sink)
    : config(std::move(given)),
      on_event(std::move(event_sink)),
      log(make_log(config.log_level, on_event)),
      workers(loop, config.workers),
      http(loop, curl_options(config)),
      host_asks(loop, on_event),
      host_tokens(host_asks),
      host_functions(host_asks) {
  run_blocking(loop, keep_store(*this));
  vault = std::make_unique<const Vault>(open_vault(config));
  credentials = std::make_unique<SealedCredentials>(*store, *vault);
  data_keys = std::make_unique<DataKeys>(*store, *vault);
}

Runtime::~Runtime() = default;

Task<> stop_run(Runtime& runtime, RunControl control) {
  control.stop.cancel();
  const auto waited = co_await attempt(runtime.loop.sleep(kStopGrace, control.ended));
  if (waited.index() == 0) control.abort.cancel();
}

}  // namespace nexpo
