#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using tests::node_fixture;

namespace {

/// A company that runs and takes voicemail, and an operator who wants its calls forwarded from its new number.
struct with_a_company : node_fixture {
  with_a_company() : acme(add_company("acme")) {
    call(acme, "CA1");
    settle();
  }

  core::tenant_config forwarding_to(const std::string& number) {
    auto config = companies->rows.at(acme).config;
    config.mode = core::routing_mode::forward;
    config.fallback_chain = {core::routing_mode::forward};
    config.forward_number = core::phone_number(number);
    config.legacy_number = core::phone_number(new_number);
    return config;
  }

  /// What the operator hears is in `heard`.
  void put(const core::tenant_config& config) {
    gateway->ask(
        actors::put_config{acme, std::nullopt, config, {}, actors::reply<core::tenant_config>([this](auto stored) {
                             heard = stored ? "stored" : std::string(core::to_string(stored.error().code));
                           })});
  }

  /// The TwiML a call gets now.
  std::string answer_to(const std::string& sid) {
    call(acme, sid);
    settle();
    return answers[sid];
  }

  bool front_end_knows_the_number() const { return numbers.by_number(new_number).has_value(); }

  static constexpr auto new_number = "+12125550177", agent = "+12125550199";
  core::tenant_id acme;
  std::string heard = "nothing";
};

bool forwards_to(const std::string& twiml, const std::string& number) {
  return twiml.find("<Dial") != std::string::npos && twiml.find(number) != std::string::npos;
}

bool is_voicemail(const std::string& twiml) { return twiml.find("<Record") != std::string::npos; }

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_changed_configuration, with_a_company)

BOOST_AUTO_TEST_CASE(holds_on_the_node_even_if_the_operator_gave_up_before_it_was_stored) {
  put(forwarding_to(agent));
  give_up();
  BOOST_TEST(heard == "overloaded");
  settle();
  BOOST_TEST(companies->rows.at(acme).config.version == 2);
  BOOST_TEST(front_end_knows_the_number());
  BOOST_TEST(forwards_to(answer_to("CA2"), agent));
}

BOOST_AUTO_TEST_CASE(holds_on_the_node_once_the_database_is_back_if_its_commit_went_unheard) {
  companies->dies_at_commit = true;
  put(forwarding_to(agent));
  settle();
  BOOST_TEST(heard == "database_unavailable");
  BOOST_TEST(!front_end_knows_the_number());
  gateway->database_is(true); // it is back, but not for long enough to be read
  settle();
  BOOST_TEST(is_voicemail(answer_to("CA2")));
  companies->away = false;
  gateway->database_is(true);
  settle();
  BOOST_TEST(front_end_knows_the_number());
  BOOST_TEST(forwards_to(answer_to("CA3"), agent));
  const auto reads = companies->reads;
  gateway->database_is(true); // known now, so nobody asks again
  settle();
  BOOST_TEST(companies->reads == reads);
}

BOOST_AUTO_TEST_CASE(holds_on_the_node_at_once_if_only_the_connection_died_at_the_commit) {
  companies->dies_at_commit = true;
  put(forwarding_to(agent));
  while (companies->dies_at_commit)
    scheduler().run_once();
  companies->away = false;
  settle();
  BOOST_TEST(heard == "database_unavailable"); // whoever asked can not know whether it is stored
  BOOST_TEST(front_end_knows_the_number());
  BOOST_TEST(forwards_to(answer_to("CA2"), agent));
}

BOOST_AUTO_TEST_CASE(is_not_undone_by_an_older_one_that_the_company_is_told_of_later) {
  const auto actor = tenants.enter(acme, clock.steady()).actor;
  BOOST_REQUIRE(actor);
  const auto tell = [&](int64_t version, const std::string& number) {
    auto profile = companies->rows.at(acme);
    profile.config = forwarding_to(number);
    profile.config.version = version;
    caf::anon_send(actor, actors::profile_changed{std::make_shared<const core::tenant_profile>(std::move(profile))});
  };
  tell(3, "+12125550103");
  tell(2, "+12125550102");
  settle();
  BOOST_TEST(forwards_to(answer_to("CA2"), "+12125550103"));
  tell(4, "+12125550104");
  settle();
  BOOST_TEST(forwards_to(answer_to("CA3"), "+12125550104"));
}

BOOST_AUTO_TEST_SUITE_END()
