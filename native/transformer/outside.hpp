// Outside: whom a mapping asks for what does not stand in itself.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/task.hpp"
#include "base/workers.hpp"
#include "record/value.hpp"
#include "transformer/mapping.hpp"

namespace nexpo {

/// The value of one field of the record that another one finds, in some system.
struct RecordQuery {
  nlohmann::json end;  ///< {type, config} or {integration}
  std::string object, key, value;
  std::chrono::seconds keep{300};      ///< how long an answer holds
  std::chrono::seconds keep_miss{30};  ///< and how long that there is none
};

/// The key in the other system of the record that another sync keeps in step.
struct LinkQuery {
  std::string sync_id;
  bool back = false;  ///< the value is a key in that sync's target, and the one in its source is wanted
};

/// What a function of the host program makes of a value.
struct FunctionQuery {
  std::string name;
  nlohmann::json options;
};

/// What one step of a mapping asks for. Lives as long as the plan.
struct OutsideQuery {
  std::string at;  ///< where its parameters stand: "fieldMappings[2].transformation.params"
  std::variant<RecordQuery, LinkQuery, FunctionQuery> of;

  /// The questions of a page are distinct, by their text; a function gets every value there is.
  bool distinct() const { return !std::holds_alternative<FunctionQuery>(of); }
};

struct OutsideAnswer {
  enum class State : uint8_t {
    found,
    missing,  ///< there is nothing: `otherwise` holds, if the step has it
    failed,   ///< it is not to be had for this question
  };
  State state = State::missing;
  Value value;              ///< if it was found
  std::string_view code;    ///< of the rejection; empty: the name of the step
  std::string_view reason;  ///< why not, as the end of a sentence: "is not in the table"
  bool retryable = false;   ///< of the rejection
};

/// In the order of the questions.
struct OutsideAnswers {
  std::vector<OutsideAnswer> answers;
  std::shared_ptr<Arena> memory;  ///< of all that they point at
};

/// Implemented by whoever has systems, a state and a host program at hand. Loop thread only; calls overlap.
class Outside {
 public:
  virtual ~Outside() = default;
  /// One call per page and step. The questions are present values and stay valid until the answers are there.
  /// Throws if nothing can be said at all (an outage): then the page is not mapped, and nothing becomes null silently.
  virtual Task<OutsideAnswers> ask(const OutsideQuery& query, std::vector<Value> questions) = 0;
};

/// As MappingPlan::apply(), also for a plan with MappingPlan::outside(): each chain is followed up to the step that
/// asks, the questions of all rows are put at once, and the chains go on with the answers. `source` outlives the call.
Task<MappedBatch> map_batch(const MappingPlan& plan, const RecordBatch& source, std::vector<Rejection> unreadable,
                            Outside& outside, Workers& workers);

}  // namespace nexpo
