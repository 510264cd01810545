#include "persistence/outbox_store.hpp"
#include "tests/persistence/cluster_rows.hpp"

using namespace trunkline;
using namespace trunkline::tests;

namespace {

constexpr core::timestamp noon{1'700'000'000'000};
const core::phone_number ours("+15551234567"), theirs("+16465551000");

} // namespace

/// A company with one message that may go out.
struct a_message_and_other_nodes : cluster_rows {
  a_message_and_other_nodes() {
    core::tenant tenant;
    tenant.id = acme, tenant.name = "Acme";
    must(stores.tenants->create(tenant, somebody));
    core::outgoing_message out;
    out.message.id = core::message_id("msg_00000000000000000001");
    out.message.tenant = acme;
    out.message.direction = "outbound", out.message.communication_type = "sms", out.message.status = "queued";
    out.message.twilio_number = ours, out.message.user_phone_number = theirs;
    out.message.channel = core::channel_of(acme, "sms", ours, theirs);
    must(stores.outbox->enqueue(out, core::send_priority::chat, {"2023-11-14", {}}));
  }

  core::send_orders claim() {
    core::send_wish wish;
    wish.now = noon;
    wish.budget.messages = 1;
    wish.rules.senders = {ours};
    wish.spending = {"2023-11-14", {}};
    return must(stores.outbox->claim({}, acme, wish));
  }
  void renewed(int node, bool journaling) {
    change(fmt::format("select * from cluster_renew({}, interval '60 seconds', 0, false, {})", node, journaling));
  }
};

BOOST_FIXTURE_TEST_SUITE(an_outbox_in_a_cluster, a_message_and_other_nodes)

BOOST_AUTO_TEST_CASE(sends_nothing_while_a_node_has_webhooks_that_the_database_has_not_seen) {
  const int other = active("n2");
  renewed(other, true); // a STOP may be among them
  const auto waiting = claim();
  BOOST_TEST(waiting.go.empty());
  BOOST_REQUIRE(waiting.next_due.has_value());
  BOOST_TEST(waiting.next_due->ms <= noon.ms + 1'000);
  renewed(other, false);
  BOOST_TEST(claim().go.size() == 1u);
}

BOOST_AUTO_TEST_CASE(sends_nothing_before_every_live_node_has_said_that_it_has_none) {
  const int other = active("n2");
  change(fmt::format("update cluster_node set renewed_at = clock_timestamp() - interval '4 seconds' where "
                     "incarnation = {}",
                     other)); // as after an outage of the database
  BOOST_TEST(claim().go.empty());
  renewed(other, false);
  BOOST_TEST(claim().go.size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_the_dead) {
  renewed(active("n2"), true);
  change("update cluster_node set status = 'dead', ended_at = clock_timestamp()");
  BOOST_TEST(claim().go.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
