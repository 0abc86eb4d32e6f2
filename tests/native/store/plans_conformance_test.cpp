// Plans that are kept, in both stores.
#include "store/conformance.hpp"
#include "store/plan_book.hpp"

namespace nexpo {
namespace {

class PlansConformance : public StoreConformance {
 protected:
  void begin(const std::string& id, Time now = kNow, const std::string& sync_id = "sync") {
    KeptPlan plan;
    plan.id = id;
    plan.sync_id = sync_id;
    plan.plan_hash = "hash";
    void_wait(book().begin(plan, now));
  }
  void finish(const std::string& id, int64_t effects = 1) {
    KeptPlan plan;
    plan.id = id;
    plan.mode = "full";
    plan.cursor = std::string("cur\0sor", 7);
    plan.effects = effects;
    void_wait(book().finish(plan));
  }
  void add(const std::string& id, int64_t page, const std::string& effects) {
    void_wait(book().add(id, page, effects));
  }
  void void_wait(Task<> task) { wait(attempt_void(std::move(task))); }
  PlanBook& book() {
    if (!book_) book_.emplace(*store_);
    return *book_;
  }

 private:
  std::optional<PlanBook> book_;
};

TEST_P(PlansConformance, APlanIsFoundOnceItIsFinished) {
  begin("p");
  add("p", 0, std::string("\0\xff first", 8));
  EXPECT_FALSE(wait(book().find("p")));
  add("p", 1, "second");
  finish("p", 7);
  const std::optional<KeptPlan> found = wait(book().find("p"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sync_id, "sync");
  EXPECT_EQ(found->plan_hash, "hash");
  EXPECT_EQ(found->mode, "full");
  EXPECT_EQ(found->cursor, std::string("cur\0sor", 7));
  EXPECT_EQ(found->effects, 7);
  EXPECT_EQ(wait(book().effects("p")), (std::vector<std::string>{std::string("\0\xff first", 8), "second"}));
}

TEST_P(PlansConformance, ManyPagesComeInTheirOrder) {
  begin("p");
  for (int64_t page = 0; page < 250; ++page) add("p", page, std::to_string(page));
  const std::vector<std::string> pages = wait(book().effects("p"));
  ASSERT_EQ(pages.size(), 250u);
  for (size_t page = 0; page < pages.size(); ++page) EXPECT_EQ(pages[page], std::to_string(page));
}

TEST_P(PlansConformance, APlanThatIsMadeAnewReplacesTheOldOne) {
  begin("p");
  add("p", 0, "old");
  add("p", 1, "older");
  finish("p");
  begin("p");
  EXPECT_FALSE(wait(book().find("p")));
  add("p", 0, "new");
  EXPECT_EQ(wait(book().effects("p")), std::vector<std::string>{"new"});
}

TEST_P(PlansConformance, PlansGoWhenTheyAreForgottenOrTheirTimeIsOver) {
  begin("old", kNow - std::chrono::days(kPlanDaysKept + 1));
  add("old", 0, "effects");
  finish("old");
  begin("young", kNow - std::chrono::days(kPlanDaysKept - 1));
  finish("young");
  EXPECT_TRUE(wait(book().find("old")));
  begin("other", kNow, "another sync");
  finish("other");
  EXPECT_FALSE(wait(book().find("old")));
  EXPECT_TRUE(wait(book().effects("old")).empty());
  EXPECT_TRUE(wait(book().find("young")));
  EXPECT_EQ(wait(book().drop_over(kNow)), 0);
  EXPECT_EQ(wait(book().drop_over(kNow + std::chrono::days(2))), 1);
  begin("young");
  finish("young");
  void_wait(book().forget_all_of("sync"));
  EXPECT_FALSE(wait(book().find("young")));
  EXPECT_TRUE(wait(book().forget("other")));
  EXPECT_FALSE(wait(book().forget("other")));
}

TEST_P(PlansConformance, APlanThatWasDroppedWhileItWasMadeSaysSo) {
  begin("p");
  EXPECT_TRUE(wait(book().forget("p")));
  EXPECT_EQ(error_of(book().add("p", 0, "effects")).code(), "plan_dropped");
  KeptPlan plan;
  plan.id = "p";
  EXPECT_EQ(error_of(book().finish(plan)).kind(), ErrorKind::conflict);
}

INSTANTIATE_TEST_SUITE_P(Stores, PlansConformance, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nexpo
