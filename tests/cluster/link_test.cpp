#include "cluster/gatekeeper.hpp"
#include "cluster/peers.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <condition_variable>
#include <future>
#include <netinet/in.h>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

using namespace trunkline;
using namespace trunkline::cluster;
using namespace std::chrono_literals;

namespace {

struct network_config : caf::actor_system_config {
  network_config() {
    load<caf::io::middleman>();
    set("scheduler.max-threads", size_t(2));
    set("middleman.heartbeat-interval", caf::timespan(1s));
    set("middleman.connection-timeout", caf::timespan(5s));
    register_envelope(*this);
    static int skip = 0; // two nodes in one process must not have one id
    for (int i = ++skip; i > 0; --i)
      caf::node_id::default_data::local(*this);
  }
};

/// Half of a node: who is let in, what it answers, and its links.
struct endpoint {
  core::system_clock clock;
  std::atomic<int64_t> me;
  std::atomic<bool> silent{false}, stranger{false};
  std::mutex lock;
  std::condition_variable changed;
  std::vector<std::function<void(std::string)>> kept; ///< questions that are not answered
  std::vector<int> crashed;
  network_config config; // falls before what its actors use
  caf::actor_system system{config};
  gatekeeper_actor gate;
  std::unique_ptr<cluster::peers> links;
  uint16_t port = 0;

  endpoint(int64_t incarnation, const std::string& key) : me(incarnation) {
    const auto serve = [this](const std::string& topic, const std::string& payload, auto answer) {
      if (!silent)
        return answer(topic + ":" + payload);
      const std::lock_guard held(lock);
      kept.push_back(std::move(answer));
      changed.notify_all();
    };
    gate = system.spawn(gatekeeper,
                        gatekeeper_parts{&me, core::secret(key), clock, [this](int64_t) { return !stranger; }, serve});
    port = *system.middleman().publish(gate, 0, "127.0.0.1");
    links =
        std::make_unique<cluster::peers>(cluster::peers::parts{system, &me, core::secret(key), clock, [this](int who) {
                                                                 const std::lock_guard held(lock);
                                                                 crashed.push_back(who);
                                                                 changed.notify_all();
                                                               }});
  }
  ~endpoint() { leave(); }
  void leave() {
    links.reset();
    {
      const std::lock_guard held(lock);
      kept.clear();
    }
    if (!gate)
      return;
    system.middleman().unpublish(gate);
    end_now(caf::actor_cast<caf::actor>(std::exchange(gate, nullptr)));
  }
  static void end_now(const caf::actor& actor) {
    caf::anon_send<caf::message_priority::high>(actor, caf::exit_msg{actor.address(), caf::exit_reason::user_shutdown});
  }

  core::member as_member() const {
    core::member self;
    self.incarnation = static_cast<int>(me);
    self.name = "n" + std::to_string(me);
    self.status = core::node_status::active;
    self.address = "127.0.0.1:" + std::to_string(port);
    return self;
  }
  void follow(const core::member& peer) {
    core::cluster_view view;
    view.members = {as_member(), peer};
    links->follow(view);
  }

  std::future<core::expected<std::string>> ask(int whom, std::string payload, std::chrono::milliseconds patience = 5s) {
    auto promise = std::make_shared<std::promise<core::expected<std::string>>>();
    auto answer = promise->get_future();
    links->ask(whom, {"echo", std::move(payload), patience,
                      actors::reply<std::string>([promise](auto said) { promise->set_value(std::move(said)); })});
    return answer;
  }
  core::expected<std::string> said(int whom, std::string payload) { return ask(whom, std::move(payload)).get(); }

  template <class Condition>
  bool until(Condition condition, std::chrono::seconds patience = 15s) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    std::unique_lock held(lock);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up)
        return false;
      changed.wait_for(held, 10ms);
    }
    return true;
  }
  bool is_up() {
    return until([this] { return links->rows().size() == 1 && links->all_up(); });
  }
};

const std::string key(32, 'k');

/// Greets as a node does, and then says nothing any more.
struct mute_node {
  core::system_clock clock;
  network_config config;
  caf::actor_system system{config};
  std::atomic<int> greeted{0};
  gatekeeper_actor gate;
  uint16_t port;

  struct memory {
    static inline constexpr auto name = "mute";
    greeting between;
  };

  mute_node() : gate(system.spawn(behave, &greeted)), port(*system.middleman().publish(gate, 0, "127.0.0.1")) {}
  ~mute_node() {
    system.middleman().unpublish(gate);
    endpoint::end_now(caf::actor_cast<caf::actor>(std::exchange(gate, nullptr)));
  }

  static gatekeeper_actor::behavior_type behave(gatekeeper_actor::stateful_pointer<memory> self,
                                                std::atomic<int>* greeted) {
    return {[self, greeted](const envelope& said) {
      const auto say = [&](const char* kind, std::string tag, std::string payload) {
        self->send(caf::actor_cast<remote_actor>(self->current_sender()),
                   envelope{2, said.id, kind, std::move(tag), {}, std::move(payload)});
      };
      auto& between = self->state.between;
      if (said.kind == "hello") {
        between = {said.from, 2, said.payload, make_nonce()};
        say("challenge", {}, between.called_nonce + called_proof(core::secret(key), between));
      } else if (said.kind == "proof") {
        say("welcome", session_tag(core::secret(key), between), {});
        ++*greeted;
      }
    }};
  }
};

struct two_nodes {
  endpoint a{1, key};
  std::unique_ptr<endpoint> b = std::make_unique<endpoint>(2, key);
};

/// Connects, and says so many bytes.
int stranger_at(uint16_t port, const std::string& says) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET, where.sin_port = htons(port), where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  BOOST_REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
  BOOST_REQUIRE(write(fd, says.data(), says.size()) == static_cast<ssize_t>(says.size()));
  return fd;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_link, two_nodes)

BOOST_AUTO_TEST_CASE(carries_questions_and_answers_both_ways) {
  a.follow(b->as_member());
  b->follow(a.as_member());
  BOOST_TEST(a.is_up());
  BOOST_TEST(b->is_up());
  BOOST_TEST(a.said(2, "x").value() == "echo:x");
  BOOST_TEST(b->said(1, std::string(100'000, 'y')).value().size() == 100'005u);
}

BOOST_AUTO_TEST_CASE(is_not_there_for_a_node_nobody_knows) {
  const auto said = a.said(7, "x");
  BOOST_REQUIRE(!said);
  BOOST_CHECK(said.error().code == core::ec::not_ready);
}

BOOST_AUTO_TEST_CASE(never_comes_up_with_another_key) {
  endpoint other(3, std::string(32, 'o'));
  other.follow(a.as_member());
  a.follow(other.as_member());
  BOOST_TEST(!other.until([&] { return other.links->all_up(); }, 3s));
  BOOST_TEST(!a.links->all_up());
}

BOOST_AUTO_TEST_CASE(comes_up_when_the_other_has_heard_of_the_caller) {
  b->stranger = true;
  a.follow(b->as_member());
  BOOST_TEST(!a.until([&] { return a.links->all_up(); }, 1s));
  b->stranger = false;
  BOOST_TEST(a.is_up());
}

BOOST_AUTO_TEST_CASE(does_not_take_another_run_of_the_node_for_the_one_it_wants) {
  auto gone = b->as_member();
  gone.incarnation = 5; // an older run at the same address
  a.follow(gone);
  BOOST_TEST(!a.until([&] { return a.links->all_up(); }, 2s));
}

BOOST_AUTO_TEST_CASE(that_is_lost_fails_what_was_asked_at_once_and_a_port_that_refuses_is_a_crash) {
  b->silent = true;
  a.follow(b->as_member());
  BOOST_REQUIRE(a.is_up());
  auto first = a.ask(2, "1", 60s), second = a.ask(2, "2", 60s);
  BOOST_REQUIRE(b->until([&] { return b->kept.size() == 2; }));
  b->kept.clear();
  b->leave();
  b.reset();
  BOOST_REQUIRE(first.wait_for(10s) == std::future_status::ready);
  BOOST_CHECK(first.get().error().code == core::ec::not_ready);
  BOOST_CHECK(second.get().error().code == core::ec::not_ready);
  // More than once: PostgreSQL, which has the last word, may hear of the death later than we.
  BOOST_TEST(a.until([&] { return a.crashed.size() >= 3; }));
  BOOST_TEST(std::set<int>(a.crashed.begin(), a.crashed.end()) == std::set{2}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(to_a_silent_node_costs_no_more_than_the_patience) {
  b->silent = true;
  a.follow(b->as_member());
  BOOST_REQUIRE(a.is_up());
  const auto begun = std::chrono::steady_clock::now();
  const auto said = a.ask(2, "x", 300ms).get();
  BOOST_CHECK(said.error().code == core::ec::overloaded);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 5s));
}

BOOST_AUTO_TEST_CASE(greets_anew_whoever_has_not_said_a_word_for_long) {
  mute_node mute;
  auto other = b->as_member();
  other.address = "127.0.0.1:" + std::to_string(mute.port);
  a.follow(other);
  BOOST_REQUIRE(a.is_up());
  BOOST_TEST(a.until([&] { return mute.greeted >= 2; }));
}

BOOST_AUTO_TEST_CASE(takes_so_many_questions_and_refuses_the_next_at_once) {
  b->silent = true;
  a.follow(b->as_member());
  BOOST_REQUIRE(a.is_up());
  std::vector<std::future<core::expected<std::string>>> all;
  for (size_t i = 0; i < link_state::window + 1; ++i)
    all.push_back(a.ask(2, "x", 20s));
  BOOST_REQUIRE(all.back().wait_for(10s) == std::future_status::ready);
  BOOST_CHECK(all.back().get().error().code == core::ec::overloaded);
  BOOST_CHECK(a.said(2, std::string(max_payload + 1, 'x')).error().code == core::ec::overloaded);
}

BOOST_AUTO_TEST_CASE(goes_on_while_strangers_talk_nonsense_at_the_port) {
  a.follow(b->as_member());
  BOOST_REQUIRE(a.is_up());
  std::vector<int> strangers;
  for (int i = 0; i < 50; ++i)
    strangers.push_back(stranger_at(b->port, i % 2 ? std::string() : std::string(static_cast<size_t>(i), '\xff')));
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(a.said(2, "x").value() == "echo:x");
  for (const int fd : strangers)
    close(fd);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_hello)

BOOST_AUTO_TEST_CASE(is_bound_to_key_direction_parties_and_nonces) {
  const core::secret one(std::string(32, 'a')), other(std::string(32, 'b'));
  const greeting between{1, 2, make_nonce(), make_nonce()};
  const auto proof = caller_proof(one, between);
  BOOST_TEST(proof.size() == 32u);
  BOOST_TEST(session_tag(one, between).size() == 16u);
  BOOST_CHECK(same_bytes(proof, caller_proof(one, between)));
  auto turned = between, renamed = between, repeated = between;
  std::swap(turned.caller, turned.called);
  renamed.caller = 3;
  repeated.called_nonce = make_nonce();
  for (const auto& wrong : {called_proof(one, between), caller_proof(other, between), caller_proof(one, turned),
                            caller_proof(one, renamed), caller_proof(one, repeated)})
    BOOST_CHECK(!same_bytes(proof, wrong));
  BOOST_CHECK(!same_bytes("a", "ab"));
}

BOOST_AUTO_TEST_SUITE_END()
