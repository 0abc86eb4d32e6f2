// What the engine asks of a system, whatever system it is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/task.hpp"
#include "base/workers.hpp"
#include "connectors/host_tokens.hpp"
#include "connectors/spec.hpp"
#include "http/client.hpp"
#include "record/page.hpp"
#include "record/schema.hpp"

namespace nexpo {

/// What one run asks a source to read.
struct ReadPlan {
  std::string object;
  std::vector<std::string> paths;  ///< the slots of the batches, in this order
  int page_records_max = 1000;     ///< a source may give fewer, never more
  bool incremental = false;        ///< true: changes since `from`; false: everything
  bool deletions = false;          ///< true: also give `remove` rows for records that are gone, where the system tells
  Cursor from;                     ///< the cursor of the last committed page, or empty
  int64_t records_wanted = 0;      ///< the caller lets go after about so many, so a bulk job would not pay; 0: all
  bool editors = false;            ///< RowHead::editor is wanted, where the system tells
};

/// One pass over an object. Records may come more than once, never not at all (cursor law: inclusive bounds with
/// overlap, upper bound from the server's clock before the read starts).
class Reader {
 public:
  virtual ~Reader() = default;
  /// The next page, in order. One call at a time; the engine calls ahead of the write. After a page with `last` set
  /// there is no further call. Throws only if the page could not be had; a repeat gives the same page.
  virtual Task<Page> next() = 0;
  /// True if a full read sees every live record, so that what it did not see is gone.
  virtual bool complete() const { return true; }
};

/// Which records are asked for by key, and what of them.
struct FetchPlan {
  std::string object;
  std::vector<std::string> paths;  ///< the slots of the batch, in this order
  std::string key_field;           ///< the field that keys are values of; empty: the record's identity
  bool editors = false;            ///< as in ReadPlan
};

/// Where reading changes begins.
struct StartPoint {
  Cursor cursor;      ///< for ReadPlan::from, with `incremental`
  std::string stamp;  ///< no record that the read leaves out has a higher one; empty: not known, as nothing is there
};

class Source {
 public:
  virtual ~Source() = default;
  virtual Task<Schema> describe(std::string object) = 0;
  virtual Task<std::unique_ptr<Reader>> read(ReadPlan plan) = 0;
  /// The records whose key field equals one of `keys` by the system's own rules (Salesforce ignores case), as read()
  /// would give them: identity and change stamp in the head. In any order; of one key all that there are; missing and
  /// removed ones are left out, and so is a key that no record can have ("abc" of a number, "").
  virtual Task<RecordBatch> fetch(FetchPlan plan, std::vector<std::string> keys) = 0;
  /// True if fetch() finds texts whatever their case.
  virtual bool ignores_case() const { return false; }
  /// The start for what changes at `time` or later; without a time, from now on by the server's clock, less the overlap
  /// for transactions that commit late. Throws Error{invalid} if the object has no change stamp that is a time.
  virtual Task<StartPoint> start_at(std::string object, std::optional<Time> time);
};

/// What one run asks a target to be ready for.
struct WritePlan {
  std::string object;
  Shape fields;                    ///< the slots of the batches, in this order
  std::string key_field;           ///< the slot records are matched by; empty: the connector's configuration names it
  std::vector<FieldSchema> hints;  ///< what is known of each slot, in order, for a target that can create the object
};

enum class DeleteKind { soft, hard };

/// Writes batches of one object. Class A of the delivery rules: an upsert by key with absolute values, so that a
/// repeat changes nothing.
class Writer {
 public:
  virtual ~Writer() = default;
  /// How a repeated write behaves: 'A' to 'D' of the delivery rules. 'A': an upsert by key, a repeat changes nothing.
  virtual char guarantee_class() const { return 'A'; }
  /// The slot that identifies a record in the target.
  virtual std::string key_field() const = 0;
  /// Upserts rows by key, never two of one key in a batch. Throws only if the whole batch may be sent again.
  /// Unset cells leave the target's value alone; null clears it.
  virtual Task<BatchReceipt> write(const RecordBatch& batch) = 0;
  /// Removes by target key (RowHead::key: what a receipt gave as target_key, else the value of key_field()). A record
  /// that is already gone is `deleted`.
  virtual Task<BatchReceipt> remove(const RecordBatch& keys, DeleteKind kind) = 0;
  /// Current values of the plan's fields for the given values of key_field(), which come back as RowHead::key. Rows in
  /// any order, missing ones left out. Values are written as this target returns them.
  virtual Task<RecordBatch> fetch(std::vector<std::string> keys) = 0;
};

class Target {
 public:
  virtual ~Target() = default;
  virtual Task<Schema> describe(std::string object) = 0;
  virtual Task<std::unique_ptr<Writer>> open(WritePlan plan) = 0;
};

/// One row of a list of objects.
struct ObjectSummary {
  std::string name;  ///< as `object` of a plan takes it
  std::string label;
  bool queryable = true;
  bool creatable = true;  ///< this user may make records
  bool updatable = true;
};

/// Calls that a system counts, over the time that it counts them for.
struct Quota {
  int64_t used = 0;
  int64_t max = 0;
};

/// One configured system. A source and a target both hang off it and must not outlive it.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Which system this is, without secrets and without I/O ("sqlite:/data/crm.db", "postgresql://host:5432/crm",
  /// "salesforce:https://acme.my.salesforce.com"). Links belong to one pair of identities.
  virtual std::string identity() const = 0;
  /// Proves that the configuration works, with one cheap call. The text says as whom and to what.
  virtual Task<std::string> test() = 0;
  /// The objects that this user can read or write, in the system's own order.
  virtual Task<std::vector<ObjectSummary>> objects() = 0;
  virtual std::unique_ptr<Source> source() = 0;
  virtual std::unique_ptr<Target> target() = 0;
  /// Calls made to the system so far: HTTP attempts, or statements for a database.
  virtual uint64_t calls() const = 0;
  /// What the system last told of its quota; nothing if it has none or has not told yet.
  virtual std::optional<Quota> quota() const { return std::nullopt; }
};

/// Keeps what a system hands out to replace a credential (a rotated refresh token), sealed. The new value is durable
/// before `put` ends.
class CredentialStore {
 public:
  virtual ~CredentialStore() = default;
  virtual Task<std::optional<std::string>> get(std::string name) = 0;
  virtual Task<> put(std::string name, std::string value) = 0;
};

/// What a connector gets from the engine. Everything is borrowed and outlives the connection.
struct ConnectorContext {
  Clock& clock;
  Workers& workers;
  http::Client& http;  ///< the bare client with the network guard; a connector stacks its policies on it
  CredentialStore& credentials;
  std::string credential_scope;  ///< prefix of the names a connector may use in `credentials`
  Log log;
  CancelToken cancel;
  HostTokens* host_tokens = nullptr;  ///< null: no host program answers
};

/// A row of the registry.
struct ConnectorType {
  std::string_view name;
  Spec spec;
  /// `config` was checked against `spec` already. No I/O here.
  std::unique_ptr<Connection> (*connect)(const nlohmann::json& config, const ConnectorContext& context);
  bool reads = true;   ///< can be a source
  bool writes = true;  ///< can be a target
};

}  // namespace nexpo
