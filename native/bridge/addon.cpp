// The border to JavaScript: open, call, close, and one stream of events. It does not grow when a method does.
//
// A handle is an External that owns a Session. Everything that comes back from the engine's loop thread (answers and
// events) passes through one thread-safe function, so JavaScript's event loop never waits for the engine.
#include <napi.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "engine/engine.hpp"

namespace {

using nexpo::Engine;
using nexpo::Error;
using nexpo::Result;

/// What the loop thread hands to the JavaScript thread: `deferred` 0 is an event, otherwise the answer to a call.
struct Delivery {
  uint64_t deferred = 0;
  Result<std::string> answer;
};

Napi::Error to_js(Napi::Env env, const Error& error) {
  Napi::Error out = Napi::Error::New(env, error.message());
  out.Set("kind", Napi::String::New(env, std::string(nexpo::name_of(error.kind()))));
  out.Set("code", Napi::String::New(env, error.code()));
  out.Set("field", Napi::String::New(env, error.field()));
  if (error.retry_after())
    out.Set("retryAfterMs", Napi::Number::New(env, static_cast<double>(error.retry_after()->count())));
  return out;
}

/// Lives from open() to the end of close(). Members but `engine` belong to the JavaScript thread.
class Session {
 public:
  Session(Napi::Env env, nexpo::EngineConfig config, Napi::Function on_event)
      : deliveries_(Deliveries::New(env, on_event, "data-sync", 0, 1, this)) {
    deliveries_.Unref(env);  // an idle engine does not keep the process alive; a pending call does (see expect)
    try {
      engine_ = std::make_unique<Engine>(std::move(config), [this](std::string event) {
        deliver({0, Result<std::string>(std::in_place_index<0>, std::move(event))});
      });
    } catch (...) {
      deliveries_.Abort();
      throw;
    }
  }
  ~Session() { abandon(); }
  Session(const Session&) = delete;

  Napi::Promise call(Napi::Env env, std::string method, std::string body) {
    const uint64_t id = expect(env);
    const Napi::Promise promise = pending_.at(id).Promise();
    engine_->call(std::move(method), std::move(body), [this, id](Result<std::string> answer) {
      deliver({id, std::move(answer)});
    });
    return promise;
  }

  Napi::Promise close(Napi::Env env) {
    const uint64_t id = expect(env);
    const Napi::Promise promise = pending_.at(id).Promise();
    closing_ = id;
    engine_->close([this, id] { deliver({id, Result<std::string>(std::in_place_index<0>, "{}")}); });
    return promise;
  }

  bool closed() const { return closing_ != 0; }

  /// The environment goes away without close(): stop the runs and wait, nothing can be delivered any more.
  void abandon() {
    if (!engine_) return;
    engine_.reset();
    deliveries_.Abort();
  }

 private:
  static void deliver_in_js(Napi::Env env, Napi::Function on_event, Session* self, Delivery* delivery) {
    const std::unique_ptr<Delivery> owned(delivery);
    if (env == nullptr) return;
    try {
      self->take(env, on_event, std::move(*owned));
    } catch (const Napi::Error&) {
      // Only a thread that is being ended refuses to run JavaScript (lib/engine.ts lets no exception of a listener
      // come here). Nobody waits for what it should have heard.
    }
  }
  using Deliveries = Napi::TypedThreadSafeFunction<Session, Delivery, &Session::deliver_in_js>;

  void deliver(Delivery delivery) { deliveries_.NonBlockingCall(new Delivery(std::move(delivery))); }

  uint64_t expect(Napi::Env env) {
    if (pending_.empty()) deliveries_.Ref(env);
    pending_.emplace(++last_id_, Napi::Promise::Deferred::New(env));
    return last_id_;
  }

  void take(Napi::Env env, Napi::Function on_event, Delivery delivery) {
    if (delivery.deferred == 0) {
      on_event.Call({Napi::String::New(env, std::get<0>(delivery.answer))});
      return;
    }
    const auto place = pending_.find(delivery.deferred);
    const Napi::Promise::Deferred deferred = place->second;
    pending_.erase(place);
    if (pending_.empty()) deliveries_.Unref(env);
    if (delivery.deferred == closing_) {
      engine_.reset();
      deliveries_.Release();
    }
    if (delivery.answer.index() == 0)
      deferred.Resolve(Napi::String::New(env, std::get<0>(delivery.answer)));
    else
      deferred.Reject(to_js(env, std::get<1>(delivery.answer)).Value());
  }

  Deliveries deliveries_;
  std::unique_ptr<Engine> engine_;
  std::map<uint64_t, Napi::Promise::Deferred> pending_;
  uint64_t last_id_ = 0;
  uint64_t closing_ = 0;
};

using Handle = Napi::External<std::shared_ptr<Session>>;

Session& session_of(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsExternal())
    throw Napi::TypeError::New(info.Env(), "the first argument must be a handle that open() gave");
  Session& session = **info[0].As<Handle>().Data();
  if (session.closed()) throw Napi::Error::New(info.Env(), "this engine was closed");
  return session;
}

/// open(config: string, onEvent: (event: string) => void): Handle
Napi::Value open(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (info.Length() < 2 || !info[0].IsString() || !info[1].IsFunction())
    throw Napi::TypeError::New(env, "open(config: string, onEvent: function)");
  try {
    auto session = std::make_shared<Session>(env, nexpo::EngineConfig::parse(info[0].As<Napi::String>().Utf8Value()),
                                             info[1].As<Napi::Function>());
    // Runs before the environment is torn down, also when JavaScript forgot to close.
    env.AddCleanupHook(
        [](std::weak_ptr<Session>* weak) {
          if (const auto alive = weak->lock()) alive->abandon();
          delete weak;
        },
        new std::weak_ptr<Session>(session));
    return Handle::New(env, new std::shared_ptr<Session>(std::move(session)),
                       [](Napi::Env, std::shared_ptr<Session>* owned) { delete owned; });
  } catch (const Error& error) {
    throw to_js(env, error);
  }
}

/// call(handle, method: string, body: string): Promise<string>
Napi::Value call(const Napi::CallbackInfo& info) {
  Session& session = session_of(info);
  if (info.Length() < 3 || !info[1].IsString() || !info[2].IsString())
    throw Napi::TypeError::New(info.Env(), "call(handle, method: string, body: string)");
  return session.call(info.Env(), info[1].As<Napi::String>().Utf8Value(), info[2].As<Napi::String>().Utf8Value());
}

/// close(handle): Promise<string>
Napi::Value close(const Napi::CallbackInfo& info) { return session_of(info).close(info.Env()); }

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, open, "open"));
  exports.Set("call", Napi::Function::New(env, call, "call"));
  exports.Set("close", Napi::Function::New(env, close, "close"));
  exports.Set("version", Napi::String::New(env, DATA_SYNC_VERSION));
  return exports;
}

}  // namespace

NODE_API_MODULE(data_sync, init)
