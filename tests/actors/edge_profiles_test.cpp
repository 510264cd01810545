#include "actors/edge_answer.hpp"
#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace std::chrono_literals;

namespace {

/// The other node has all companies but these, and never answers.
struct silent_owner final : actors::placement {
  bool is_here(const core::tenant_id& company) const override { return here.contains(company); }
  std::optional<core::owned_shard> mine(const core::tenant_id& company) const override {
    return is_here(company) ? std::optional(core::owned_shard{}) : std::nullopt;
  }
  bool may_send(const core::owned_shard&) const override { return true; }
  void forward(actors::webhook_job job) override {
    actors::answer_without_actor(node, std::make_shared<actors::webhook_job>(std::move(job)),
                                 actors::decide_at_the_edge);
  }

  std::set<core::tenant_id> here;
  std::shared_ptr<const actors::services> node;
};

struct with_owner {
  silent_owner owner; // outlives the node
};

struct at_the_edge : with_owner, tests::node_fixture {
  at_the_edge() : node_fixture({.elsewhere = &owner}) { owner.node = services; }
  ~at_the_edge() { owner.node.reset(); } // its actors go with the node

  /// Decides for the company here, in the place of its owner.
  void decide_for(const core::tenant_id& company, const std::string& sid) {
    call(company, sid);
    settle();
    BOOST_TEST(answers[sid].find("<Record") != std::string::npos);
  }

  bool knows(const core::tenant_id& company) {
    bool known = false;
    tenants.with_slot(company, [&](actors::tenant_slot& slot) { known = slot.profile != nullptr; });
    return known;
  }

  core::tenant_id acme = add_company("acme");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_is_known_of_another_nodes_company, at_the_edge)

BOOST_AUTO_TEST_CASE(is_read_once_and_forgotten_when_nobody_has_called_for_a_while) {
  decide_for(acme, "CA1");
  pass(40s);
  decide_for(acme, "CA2");
  pass(40s);
  BOOST_TEST(knows(acme));
  BOOST_TEST(companies->reads == 1);
  pass(40s);
  BOOST_TEST(!knows(acme));
  decide_for(acme, "CA3");
  BOOST_TEST(companies->reads == 2);
}

BOOST_AUTO_TEST_CASE(stays_as_long_as_the_company_is_here) {
  decide_for(acme, "CA1");
  owner.here = {acme};
  pass(2min);
  BOOST_TEST(knows(acme));
  owner.here.clear();
  pass(20s);
  BOOST_TEST(!knows(acme));
}

BOOST_AUTO_TEST_CASE(stays_as_long_as_something_is_in_flight_for_it) {
  decide_for(acme, "CA1");
  auto in_flight = tenants.enter(acme, clock.steady());
  pass(2min);
  BOOST_TEST(knows(acme));
  in_flight = {};
  pass(20s);
  BOOST_TEST(!knows(acme));
}

BOOST_AUTO_TEST_SUITE_END()
