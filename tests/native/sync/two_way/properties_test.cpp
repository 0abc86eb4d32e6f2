// Properties P1 to P16 of a two-way sync, under generated scripts of edits, deletions, crashes and lost answers.
#include <cstdlib>

#include "sync/two_way/pair_page.hpp"
#include "sync/two_way/two_way_world.hpp"

namespace nexpo {
namespace {

const Cell kNoRecord = "(no record)";

/// A value that was edited into a field by a person, and must not vanish.
struct Edit {
  Side side;
  std::string key, field;
  Cell cell;
  Time at{};
};

/// What a world is like, drawn from its seed.
struct Temper {
  Strategy strategy = Strategy::merge;
  std::string conflicts = "null";
  bool whole_seconds = false, normalises = false, crashes = false, deletes = false, doubtful_answers = false;
  std::chrono::microseconds skew{0};
};

Temper temper_of(std::mt19937_64& random) {
  static const std::pair<Strategy, const char*> kinds[] = {
      {Strategy::merge, "null"},
      {Strategy::merge, R"({"fallback": "last_write_wins", "groups": [["x", "y"]]})"},
      {Strategy::merge, R"({"rules": {"a": {"rule": "max"}, "b": {"rule": "union"}, "c": {"rule": "counter"}},
                            "groups": [["x", "y"]]})"},
      {Strategy::source_wins, R"({"groups": [["x", "y"]]})"},
      {Strategy::target_wins, "null"},
      {Strategy::last_write_wins, R"({"groups": [["x", "y"]], "skewSeconds": 2})"},
      {Strategy::manual, R"({"groups": [["x", "y"]]})"},
      {Strategy::merge, R"({"fallback": "source_wins", "rules": {"a": {"rule": "authority", "side": "target"},
                            "b": {"rule": "concat", "separator": ";"}, "c": {"rule": "coalesce"}}})"},
  };
  Temper temper;
  const auto& [strategy, conflicts] = kinds[random() % std::size(kinds)];
  temper.strategy = strategy;
  temper.conflicts = conflicts;
  temper.normalises = random() % 3 == 0;
  temper.crashes = random() % 3 == 0;
  temper.doubtful_answers = random() % 3 == 0;
  temper.deletes = random() % 2 == 0;
  temper.whole_seconds = random() % 2 == 0;
  temper.skew = std::chrono::milliseconds(static_cast<int>(random() % 4'000) - 2'000);
  return temper;
}

/// Lower-cases, takes spaces off, cuts, and fills an empty field with a default.
Cell normal_form(const std::string& field, Cell cell) {
  if (field == "key" || field == "c") return cell;
  if (!cell) return field == "y" ? Cell("default") : Cell();
  std::string out;
  for (const char c : *cell)
    if (c != ' ') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out.substr(0, 12);
}

class Script {
 public:
  explicit Script(uint64_t seed)
      : random_(seed), temper_(temper_of(random_)), world_(temper_.strategy, temper_.conflicts.c_str()) {
    world_.random.seed(seed);
    world_.store_seed = seed * 1000;
    world_.target.skew = temper_.skew;
    if (temper_.whole_seconds) world_.source.grain = std::chrono::seconds(1);
    if (temper_.normalises) world_.target.norm = normal_form;
    world_.crash_percent = temper_.crashes ? 4 : 0;
    if (temper_.doubtful_answers) world_.faults = {8, 8, 8};
  }

  void play() {
    const int rounds = 2 + static_cast<int>(random_() % 4);
    for (int round = 0; round < rounds; ++round) {
      const int edits = static_cast<int>(random_() % 8);
      for (int i = 0; i < edits; ++i) act();
      world_.run({.full = random_() % 8 == 0}, true);
      if (early_.empty()) early_ = world_.disk.cursor;
    }
    // Edits stop, and nothing fails any more.
    for (int i = 0; i < 2; ++i) check_run(world_.run());
  }

  void check() {
    const auto open = open_fields();
    // P2: quiet for ever.
    const uint64_t writes = world_.source.writes + world_.target.writes;
    const size_t kept = world_.disk.conflicts.size();
    for (int i = 0; i < 2; ++i) {
      const RunReport report = world_.run({.full = i == 1});
      check_run(report);
      EXPECT_EQ(report.run.counts.written(), 0u) << "P2";
    }
    // P3: what was read before is read again.
    if (!early_.empty()) world_.disk.cursor = early_;
    check_run(world_.run());
    EXPECT_EQ(world_.source.writes + world_.target.writes, writes) << "P2, P3: something is written without a reason";
    if (!temper_.crashes && !temper_.doubtful_answers) {
      EXPECT_LE(world_.source.writes, acts_) << "P11";
      EXPECT_LE(world_.target.writes, acts_) << "P11";
    }
    EXPECT_EQ(world_.disk.conflicts.size(), kept) << "P2: the history grows for ever";
    check_equal(open);
    check_nothing_lost();
    if (temper_.conflicts.find("groups") != std::string::npos) check_groups();
    check_base();
  }

  const Temper& temper() const { return temper_; }
  TwoWayWorld& world() { return world_; }
  /// All that can be seen from outside, for P13.
  std::string image() const {
    std::string out;
    for (const MemoryData* data : {&world_.source, &world_.target})
      for (const auto& [id, record] : data->records) {
        out += id + (record.deleted ? "-" : "+");
        for (const auto& [name, cell] : record.fields) out += name + "=" + cell.value_or("(null)") + ",";
      }
    for (const auto& [id, conflict] : world_.disk.conflicts) out += conflict.kind + conflict.body + conflict.outcome;
    for (const auto& [id, pair] : world_.disk.pairs) out += pair.key + pair.state;
    return out;
  }

 private:
  std::string value(const std::string& field) {
    if (field == "c") return std::to_string(static_cast<int>(random_() % 1000));
    return fmt::format("{} v{}", static_cast<char>('A' + random_() % 3), next_value_++);
  }
  std::string any_field() {
    static const char* fields[] = {"a", "b", "c", "x", "y"};
    return fields[random_() % std::size(fields)];
  }

  void act() {
    const Time now = world_.tick(std::chrono::milliseconds(1 + static_cast<int>(random_() % 20'000)));
    ++acts_;
    MemoryData& data = random_() % 2 ? world_.source : world_.target;
    const Side side = &data == &world_.source ? Side::source : Side::target;
    std::vector<std::string> alive;
    for (const auto& [id, record] : data.records)
      if (!record.deleted) alive.push_back(id);
    const auto roll = random_() % 10;
    if (alive.empty() || roll < 2) return create(data, side, now);
    const std::string& id = alive[random_() % alive.size()];
    if (roll == 2 && temper_.deletes) {
      const std::string key = *data.records.at(id).fields.at("key");
      if (is_linked(side, id)) deleted_.insert(key);  // only what both sides have can be deleted on both
      ever_.insert(ever_.end(), edits_.begin(), edits_.end());
      std::erase_if(edits_, [&](const Edit& edit) { return edit.side == side && edit.key == key; });
      data.remove(now, id);
      return;
    }
    const std::string field = any_field();
    edit(data, side, now, id, field);
    if (field != "x" && field != "y") return;
    edit(data, side, now, id, field == "x" ? "y" : "x");
    wrote_together(data.records.at(id).fields);
  }

  bool is_linked(Side side, const std::string& id) const {
    return std::ranges::any_of(world_.disk.pairs, [&](const auto& one) {
      return one.second.key_of(side) == id && (one.second.linked() || one.second.doubt != 0);
    });
  }

  void create(MemoryData& data, Side side, Time now) {
    const std::string key = fmt::format("k{}", random_() % 6);
    if (data.living(key) || deleted_.contains(key)) return;
    Fields fields{{"key", key}};
    for (const char* field : {"a", "b", "c", "x", "y"}) {
      if (random_() % 3 == 0 && std::string(field) < "x") continue;
      fields[field] = value(field);
      edits_.push_back({side, key, field, data.norm(field, fields[field]), now});
    }
    wrote_together(fields);
    data.create(now, std::move(fields));
  }

  void edit(MemoryData& data, Side side, Time now, const std::string& id, const std::string& field) {
    const Cell cell = random_() % 8 == 0 && field < "x" ? Cell() : Cell(value(field));
    if (data.records.at(id).fields[field] == data.norm(field, cell)) return;
    data.edit(now, id, field, cell);
    edits_.push_back({side, *data.records.at(id).fields.at("key"), field, data.records.at(id).fields[field], now});
  }

  static void check_run(const RunReport& report) {
    EXPECT_EQ(report.run.state, RunState::succeeded) << report.run.error;
    EXPECT_TRUE(report.run.counts.closes());
  }

  /// "key field" of what waits for a person; "key" alone if the whole record does.
  std::set<std::string> open_fields() const {
    std::set<std::string> open;
    for (const auto& [id, conflict] : world_.disk.conflicts) {
      if (conflict.state == ConflictState::closed) continue;
      const bool fields = conflict.kind == "both_differ" || conflict.kind == "create_create" || conflict.kind == "loop";
      if (!fields) open.insert(conflict.key);
      for (const auto& field : nlohmann::json::parse(conflict.fields))
        open.insert(conflict.key + " " + field.get<std::string>());
    }
    return open;
  }

  /// P1: what is not held is the same on both sides, as the target spells it; P10: what was deleted stays so.
  void check_equal(const std::set<std::string>& open) {
    std::set<std::string> keys;
    for (const MemoryData* data : {&world_.source, &world_.target})
      for (const auto& [id, record] : data->records) keys.insert(*record.fields.at("key"));
    for (const std::string& key : keys) {
      if (open.contains(key)) continue;
      EXPECT_LE(world_.source.with_key(key).size(), 1u) << key << ": twice in the source";
      EXPECT_LE(world_.target.with_key(key).size(), 1u) << key << ": twice in the target";
      EXPECT_EQ(world_.source_of(key, "key") == kNoRecord, world_.target_of(key, "key") == kNoRecord) << "P1 " << key;
      if (deleted_.contains(key)) {
        EXPECT_EQ(world_.source_of(key, "key"), kNoRecord) << "P10 " << key;
      }
      if (world_.source_of(key, "key") == kNoRecord || world_.target_of(key, "key") == kNoRecord) continue;
      for (const char* field : {"a", "b", "c", "x", "y"}) {
        if (open.contains(key + " " + field)) continue;
        const Cell source = world_.source_of(key, field), target = world_.target_of(key, field);
        EXPECT_EQ(world_.target.norm(field, source).value_or(""), target.value_or("")) << "P1 " << key << "." << field;
      }
    }
  }

  /// P4: present, superseded by a later edit of the same field, or in the history of conflicts.
  void check_nothing_lost() {
    std::string history;
    for (const auto& [id, conflict] : world_.disk.conflicts) history += conflict.body + "\n";
    for (size_t i = 0; i < edits_.size(); ++i) {
      const Edit& edit = edits_[i];
      if (!edit.cell || deleted_.contains(edit.key) || edit.field == "c") continue;
      bool superseded = false;
      for (size_t j = i + 1; j < edits_.size(); ++j)
        superseded = superseded || (edits_[j].key == edit.key && edits_[j].field == edit.field);
      if (superseded) continue;
      const auto holds = [&](const Cell& cell) {
        return cell && (*cell == *edit.cell || cell->find(*edit.cell) != std::string::npos ||
                        *cell == world_.target.norm(edit.field, edit.cell).value_or(""));
      };
      EXPECT_TRUE(holds(world_.source_of(edit.key, edit.field)) || holds(world_.target_of(edit.key, edit.field)) ||
                  history.find("\"" + *edit.cell + "\"") != std::string::npos)
          << "P4: " << edit.key << "." << edit.field << " = " << *edit.cell << " is lost";
    }
  }

  /// P9: x and y are edited together, so two values that nobody wrote together are a mixture.
  void check_groups() {
    for (const MemoryData* data : {&world_.source, &world_.target})
      for (const auto& [id, record] : data->records) {
        if (record.deleted) continue;
        const auto cell = [&](const char* name) {
          const auto found = record.fields.find(name);
          return found == record.fields.end() ? Cell() : found->second;
        };
        EXPECT_TRUE(together_.contains({cell("x"), cell("y")}))
            << "P9: " << id << " has " << cell("x").value_or("(null)") << " and " << cell("y").value_or("(null)");
      }
  }
  void wrote_together(const Fields& fields) {
    const Cell x = fields.at("x"), y = fields.at("y");
    together_.insert({x, y});
    together_.insert({world_.target.norm("x", x), world_.target.norm("y", y)});
  }

  /// P12: what both sides agreed on is something that one of them held.
  void check_base() {
    const PairState::Fields fields(world_.plan.mapping->target_fields());
    PairState state;
    for (const auto& [id, pair] : world_.disk.pairs) {
      if (!pair.linked() || pair.state.empty()) continue;
      std::string packed;
      open_state(pair.state, fields, nullptr, packed, state);
      for (size_t slot = 0; slot < state.known.size(); ++slot) {
        if (state.known[slot] == 0 || !state.base[slot].present()) continue;
        const std::string field = (*world_.plan.mapping->target_fields())[slot];
        const std::string base(state.base[slot].view());
        EXPECT_TRUE(was_held(pair.key, field, base)) << "P12: " << pair.key << "." << field << " = " << base;
      }
    }
  }
  bool was_held(const std::string& key, const std::string& field, const std::string& base) const {
    if (field == "key" || field == "b" || field == "c") return true;  // unions and sums are new values
    std::vector<Edit> all = ever_;
    all.insert(all.end(), edits_.begin(), edits_.end());
    for (const Edit& edit : all)
      if (edit.key == key && edit.field == field && (edit.cell == base || world_.target.norm(field, edit.cell) == base))
        return true;
    return base == "default";
  }

  std::mt19937_64 random_;
  Temper temper_;
  TwoWayWorld world_;
  std::vector<Edit> edits_, ever_;  ///< those that still count; those that a deletion made pointless
  std::set<std::string> deleted_;
  std::set<std::pair<Cell, Cell>> together_;
  Cursor early_;       ///< where reading began after the first run
  uint64_t acts_ = 0;  ///< of people
  int next_value_ = 1;
};

/// Sanitizers cost five times the time; the scripts are the same.
#ifdef __SANITIZE_ADDRESS__
constexpr uint64_t kScripts = 1'000;
#else
constexpr uint64_t kScripts = 10'000;
#endif

uint64_t scripts() {
  const char* wanted = std::getenv("DATA_SYNC_SCRIPTS");
  return wanted ? std::strtoull(wanted, nullptr, 10) : kScripts;
}
uint64_t first_seed() {
  const char* wanted = std::getenv("DATA_SYNC_SEED");
  return wanted ? std::strtoull(wanted, nullptr, 10) : 1;
}

TEST(TwoWayProperties, HoldUnderGeneratedScripts) {
  const uint64_t first = first_seed();
  for (uint64_t seed = first; seed < first + scripts(); ++seed) {
    SCOPED_TRACE(fmt::format("DATA_SYNC_SEED={} DATA_SYNC_SCRIPTS=1", seed));
    Script script(seed);
    script.play();
    script.check();
    if (testing::Test::HasFailure()) {
      std::cerr << "strategy " << name_of(script.temper().strategy) << " " << script.temper().conflicts
                << " whole seconds " << script.temper().whole_seconds << " normalises " << script.temper().normalises
                << " crashes " << script.temper().crashes << " doubtful " << script.temper().doubtful_answers
                << " deletes " << script.temper().deletes << "\n";
      return;
    }
  }
}

TEST(TwoWayProperties, TheSameScriptGivesTheSameBytes) {  // P13
  for (uint64_t seed = first_seed(); seed < first_seed() + 50; ++seed) {
    Script one(seed), two(seed);
    one.play();
    two.play();
    ASSERT_EQ(one.image(), two.image()) << seed;
  }
}

TEST(TwoWayProperties, TheOrderOfIndependentEventsDoesNotMatter) {  // P6
  std::mt19937_64 random(6);
  for (int round = 0; round < 200; ++round) {
    struct Event {
      bool at_source, deletes;
      std::string key;
    };
    std::vector<Event> events;
    for (int i = 0; i < 6; ++i) events.push_back({random() % 2 == 0, random() % 4 == 0, fmt::format("k{}", i)});
    std::vector<std::string> ends;
    for (int order = 0; order < 3; ++order) {
      std::ranges::shuffle(events, random);
      TwoWayWorld world(Strategy::last_write_wins);
      for (int i = 0; i < 6; ++i)
        (i % 2 ? world.source : world.target).create(world.tick(), {{"key", fmt::format("k{}", i)}, {"a", "0"}});
      world.run();
      for (const Event& event : events) {
        MemoryData& data = event.at_source ? world.source : world.target;
        const std::string id = data.with_key(event.key).front();
        if (event.deletes)
          data.remove(world.tick(), id);
        else
          data.edit(world.tick(), id, "a", event.key + " edited");
        if (random() % 2) world.run();
      }
      for (int i = 0; i < 2; ++i) world.run();
      std::string end;
      for (int i = 0; i < 6; ++i)
        end += world.source_of(fmt::format("k{}", i), "a").value_or("") + "|" +
               world.target_of(fmt::format("k{}", i), "a").value_or("") + "\n";
      ends.push_back(end);
    }
    ASSERT_EQ(ends[0], ends[1]);
    ASSERT_EQ(ends[0], ends[2]);
  }
}

}  // namespace
}  // namespace nexpo
