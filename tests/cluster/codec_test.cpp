#include "cluster/codec.hpp"
#include "cluster/reports.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace trunkline::cluster;

namespace {

actors::webhook_job a_call() {
  actors::webhook_job job;
  job.request.value = "req_1";
  job.received_at = {1'763'661'845'123};
  job.webhook.kind = core::webhook_kind::dial;
  job.webhook.step = 1;
  job.webhook.hooks_url = "https://gw.example.com/hooks/token";
  job.webhook.raw_params = "CallSid=CA0123456789abcdef0123456789abcdef&DialCallStatus=busy&From=%2B15559876543"
                           "&To=%2B15551234567&AccountSid=AC0123456789abcdef0123456789abcdef&CallerName=J%C3%BCrgen";
  job.webhook.params = twilio::form::parse(job.webhook.raw_params).value();
  job.key = routing::key_of(job.webhook.kind, job.webhook.step, job.webhook.params).value();
  job.key.tenant.value = "co_acme";
  return job;
}

/// Every shorter text of the same beginning, and one that is longer.
template <class Decode>
void refuses_all_but(const std::string& bytes, Decode decode) {
  for (size_t length = 0; length < bytes.size(); ++length)
    BOOST_TEST(!decode(bytes.substr(0, length)));
  BOOST_TEST(!decode(bytes + "x"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(what_nodes_say)

BOOST_AUTO_TEST_CASE(a_webhook_arrives_as_it_was_sent) {
  const auto sent = a_call();
  const auto got = decode_webhook(encode_webhook(sent));
  BOOST_REQUIRE(got);
  BOOST_TEST(got->request.value == sent.request.value);
  BOOST_CHECK(got->key == sent.key);
  BOOST_CHECK(got->received_at == sent.received_at);
  BOOST_TEST(got->webhook.step == 1);
  BOOST_TEST(got->webhook.hooks_url == sent.webhook.hooks_url);
  BOOST_TEST(got->webhook.raw_params == sent.webhook.raw_params);
}

BOOST_AUTO_TEST_CASE(an_answer_arrives_byte_for_byte_and_a_failure_with_its_code_and_words) {
  core::webhook_answer answer{200, "text/xml", std::string("<Response/>\0\xff", 13)};
  const auto got = decode_outcome(encode_outcome(answer));
  BOOST_REQUIRE(got);
  BOOST_CHECK(*got == answer);
  const auto failed = decode_outcome(encode_outcome(core::fail(core::ec::not_ready, "Another node has this company.")));
  BOOST_REQUIRE(!failed);
  BOOST_CHECK(failed.error().code == core::ec::not_ready);
  BOOST_TEST(failed.error().detail == "Another node has this company.");
  BOOST_TEST(decode_text(encode_text(std::string("x"))).value() == "x");
}

BOOST_AUTO_TEST_CASE(what_is_not_whole_is_refused) {
  refuses_all_but(encode_webhook(a_call()), decode_webhook);
  refuses_all_but(encode_outcome(core::webhook_answer{200, "a", "b"}), decode_outcome);
  refuses_all_but(encode_text(std::string("x")), decode_text);
  const std::string endless(8, '\x7f'); // a length that is longer than everything
  BOOST_TEST(!decode_webhook(endless));
  BOOST_TEST(!decode_webhook(std::string(8, '\xff')));
}

BOOST_AUTO_TEST_CASE(a_tree_of_actors_arrives_whole) {
  actors::actor_tree tree;
  tree.node = "n2", tree.truncated = true;
  tree.counts["TENANT"] = {{"running", 2}, {"quarantined", 1}};
  tree.root.kind = "NODE", tree.root.id = "n2", tree.root.state = "running", tree.root.uptime_seconds = 812;
  actors::actor_node child;
  child.kind = "TENANT", child.id = child.company_id = "co_a", child.state = "quarantined", child.restarts = 5;
  child.last_error = actors::last_error{"handler_failed", "told to", {7}};
  tree.root.children.push_back(child);
  const auto bytes = encode_tree(tree);
  const auto got = decode_tree(bytes);
  BOOST_REQUIRE(got);
  BOOST_TEST(got->truncated);
  BOOST_CHECK(got->counts == tree.counts);
  BOOST_REQUIRE(got->root.children.size() == 1u);
  BOOST_TEST(got->root.children[0].last_error->detail == "told to");
  BOOST_TEST(got->root.children[0].restarts == 5u);
  refuses_all_but(bytes, decode_tree);
}

BOOST_AUTO_TEST_CASE(a_tree_that_is_too_deep_is_refused) {
  actors::actor_tree tree;
  auto* deepest = &tree.root;
  for (int i = 0; i < 20; ++i)
    deepest = &deepest->children.emplace_back();
  BOOST_TEST(!decode_tree(encode_tree(tree)));
}

BOOST_AUTO_TEST_CASE(links_filters_and_releases_arrive_whole) {
  const std::vector<core::link_row> links{{"n1", "n2", "up", 412, 3, 512}, {"n1", "n3", "down", 0, 0, 0}};
  const auto got = decode_links(encode_links(links));
  BOOST_REQUIRE(got);
  BOOST_TEST(got->at(0).to == "n2");
  BOOST_TEST(got->at(0).rtt_us == 412);
  BOOST_TEST(got->at(1).state == "down");
  refuses_all_but(encode_links(links), decode_links);
  BOOST_TEST(decode_filter(encode_filter({"TENANT", "co_a", "running"}))->company_id == "co_a");
  const core::author ana{{"session", "ana", core::role::company_admin, core::tenant_id("co_a")},
                         core::request_id("req_1")};
  const auto release = encode_release(core::tenant_id("co_a"), ana);
  BOOST_TEST(decode_release(release)->second.who.id == "ana");
  BOOST_CHECK(decode_release(release)->second.who.role == core::role::company_admin);
  refuses_all_but(release, decode_release);
}

BOOST_AUTO_TEST_SUITE_END()
