// The table of methods: name -> function, JSON in and out. The bridge and the TypeScript face do not grow with it.
#pragma once

#include <string>
#include <string_view>

#include "engine/runtime.hpp"

namespace nexpo {

/// | method | body | answer |
/// |---|---|---|
/// | sync.run | {file, full?, approve?, replay?, rejectedId?, decisions?} | RunReport |
/// | sync.schedule | {file} | {} when stopped; a `run` event for each run |
/// | sync.stop | {syncId} | {stopping} |
/// | sync.plan | {file, full?, samples?, keep?: plan id} | counts of what would happen, sample differences, effects? |
/// | sync.apply | {file, planId} | RunReport |
/// | plan.forget | {planId} | {forgotten} |
/// | sync.test | {file} | {source {ok, message}, target {ok, message}} |
/// | sync.schema | {file} | {source, target}: Schema |
/// | sync.status | {syncId?, before?, limit?} | {runs} newest first |
/// | sync.rejected | {syncId, after?, limit?} | {records} |
/// | sync.forget | {file} | forgets links, runs, rejected records and plans of a sync |
/// | end.objects | {end, search?, limit?} | {objects} |
/// | end.describe | {end, object} | Schema |
/// | end.test | {end} | {ok, message} |
/// | end.read | {end, object, fields, limit, modifiedAfter? in ms since 1970, deleted?} | {records, more} |
/// | end.write | {end, object, keyField, fields, records: their array as JSON text, mode?} | {results} in order |
/// | feed.read | {id, source, object, fields, limit?, accept?, from?: "now" or "start", createdField?} | {records,
/// token, more} |
/// | feed.forget | {id} | {} |
/// | host.answer | {ask, token? {accessToken, instanceUrl?}, values?, errors?, error?} | {taken}; to an `ask` event |
/// | host.functions | {names} | {}; all that mappings may call from now on |
/// | mapping.preview | {fieldMappings, records as JSON text, sourceSchema?, targetSchema?, tests?} | see
/// mapping_methods.hpp |
/// | mapping.apply | {fieldMappings, records as JSON text} | {results, warnings, counters} in order |
/// | conflict.list, .get, .counts, .decide, .decide_many, .undo | | see conflict_methods.hpp |
/// | conflict.preview | {syncId, strategy?, rules?, groups?, ...} | see conflict_preview.hpp |
/// | conflict.apply_rules | the same, and {actor?, audit?, after?, limit?} | see apply_rules.hpp |
/// | conflict.resolve | {records: JSON text, strategy, rules?, groups?, ...} | {results}: resolve_records.hpp |
/// | record.explain | {file, key, side?} | see explain_methods.hpp |
/// | schedule.next | {schedule, after? in ms since 1970} | {next}: ISO time or null |
/// | book.get | {kind, id} | {document}: null if there is none |
/// | book.list | {kind, after?, prefix?, limit?} | {documents, next?} in order of id |
/// | book.put | {kind, id, body, ifRevision?, secret?: null erases it, audit?} | {document} |
/// | book.delete | {kind, id, ifRevision?, audit?} | {deleted} |
/// | book.reveal | {kind, id, audit} | {secret}: null if there is none |
/// | audit.add | {note: {actor, action, subject?, detail?}} | {entry} |
/// | audit.list | {after?, limit?, subject?, actor?, action?, since? in ms since 1970} | {entries, next?} |
/// | audit.verify | {} | {ok, entries, brokenAt?} |
/// | keys.rotate | {audit?} | {rewrapped, current} |
/// | keys.erase | {name, audit?} | {erased} |
/// | retention.apply | {runsDays?, rejectedDays?, auditDays?, conflictsDays?, tombstonesDays?, documents?: [{kind,
/// days}], audit?} | numbers that went |
/// | connector.specs | {} | {connectors} |
/// | engine.info | {} | {version, store, connectors} |
/// | engine.metrics | {} | {runsActive, syncs}: engine/run_watch.hpp |
///
/// Throws Error{invalid} for a name that is not in the table.
Task<std::string> call_method(Runtime& runtime, std::string method, std::string body);

}  // namespace nexpo
