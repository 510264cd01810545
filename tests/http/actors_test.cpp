#include "http/shapes/actors.hpp"
#include "json/writer.hpp"
#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

namespace {

/// A node that drains, with a STORE worker that has lost the database.
actors::actor_tree a_draining_node() {
  actors::actor_tree tree;
  tree.node = "n1";
  tree.counts = {{"NODE", {{"passivating", 1}}}, {"STORE", {{"running", 1}}}};
  tree.root.kind = "NODE", tree.root.id = "n1", tree.root.state = "passivating", tree.root.uptime_seconds = 812;
  actors::actor_node store;
  store.kind = "STORE", store.id = "store-1", store.state = "running", store.mailbox = 3;
  store.last_error = actors::last_error{"database_unavailable", "The database is not available.", {1'763'661'845'123}};
  tree.root.children.push_back(store);
  return tree;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_tree_of_actors, node_fixture)

BOOST_AUTO_TEST_CASE(says_what_the_contract_says) {
  json::writer out;
  http::shapes::write_actors(out, {{"n1", "", a_draining_node()}});
  BOOST_TEST(
      out.take() ==
      R"({"counts":{"NODE":{"passivating":1},"STORE":{"running":1}},"truncated":false,"nodes":[{"node":"n1","error":null,)"
      R"("root":{"kind":"NODE","id":"n1","node":"n1","companyId":null,"state":"passivating","mailbox":0,"restarts":0,)"
      R"("uptimeSeconds":812,"lastError":null,"children":[)"
      R"({"kind":"STORE","id":"store-1","node":"n1","companyId":null,"state":"running","mailbox":3,"restarts":0,)"
      R"("uptimeSeconds":0,"lastError":{"code":"database_unavailable","detail":"The database is not available.",)"
      R"("at":"2025-11-20T18:04:05.123Z"},"children":[]}]}}]})");
}

BOOST_AUTO_TEST_CASE(can_be_asked_for_one_state) {
  BOOST_TEST(ask("GET", "/api/admin/actors?state=passivating")->status() == 200);
  BOOST_TEST(ask("GET", "/api/admin/actors?state=asleep")->status() == 400);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
