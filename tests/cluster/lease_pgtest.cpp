#include "cluster/boottime.hpp"
#include "cluster/lease.hpp"
#include "persistence/cluster_store.hpp"
#include "tests/persistence/database_on_postgresql.hpp"

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;

namespace {

constexpr auto ttl = 1s;

template <class Condition>
void wait_until(Condition holds) {
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  while (!holds()) {
    BOOST_REQUIRE(std::chrono::steady_clock::now() < give_up);
    std::this_thread::sleep_for(5ms);
  }
}

struct leased_node : postgresql_place {
  std::unique_ptr<persistence::database> db = must(persistence::database::open({url, 1s, 2s}));
  std::unique_ptr<persistence::cluster_store> watching, renewing;
  cluster::boottime_clock clock;
  std::atomic<bool> healthy{true};
  std::atomic<int> renewals{0};
  std::atomic<int> deaths{0};
  int me = 0;
  std::unique_ptr<cluster::lease> lease;

  leased_node() {
    must(db->migrate());
    watching = persistence::make_cluster_store(*db), renewing = persistence::make_cluster_store(*db);
    me = must(watching->new_incarnation());
    const auto before = clock.steady();
    must(watching->join(me, {"n1", "10.0.0.1:1", "caf-1", "1.0.0", 1, 1, 1, core::shard_count, ttl}));
    lease = std::make_unique<cluster::lease>(
        ttl,
        cluster::lease::parts{[this] { return renewing->renew(me, ttl, {}); }, [this] { return healthy.load(); },
                              [this](int64_t) { ++renewals; }, [this](const std::string&) { ++deaths; }},
        clock, before);
    lease->start();
  }

  auto left() { return must(watching->view()).find(me)->lease_remaining; }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_lease_holds_as_long_as_the_node_is_well_and_comes_back_unless_it_was_evicted, leased_node) {
  wait_until([&] { return renewals >= 8; }); // more than a ttl
  BOOST_TEST(lease->may_act());
  BOOST_TEST((left() > 0s));

  healthy = false;
  wait_until([&] { return left() < 0s; });
  BOOST_TEST(!lease->may_act()); // it has stopped before anybody may take over
  healthy = true;
  wait_until([&] { return lease->may_act(); });
  BOOST_TEST((left() > 0s));

  BOOST_TEST(must(watching->go(me, core::node_status::left)));
  wait_until([&] { return deaths == 1; });
  BOOST_TEST(!lease->may_act());
}
