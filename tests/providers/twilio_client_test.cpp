#include "providers/twilio_client.hpp"
#include "sim/demo_accounts.hpp"
#include "tests/providers/simulated_twilio.hpp"
#include "tests/providers/socket_server.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <future>

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;

namespace {

const auto& ours = sim::demo_companies[0];
const auto& neighbour = sim::demo_companies[1];

actors::account_access access(const sim::demo_account& account = ours) {
  return {std::string(account.sid), core::secret(std::string(account.auth_token)), {}, {}};
}

actors::account_access with_token(std::string token) {
  auto out = access();
  out.auth_token = core::secret(std::move(token));
  return out;
}

/// A TWILIO client that talks to `url`.
struct client_of {
  explicit client_of(std::string url, std::chrono::milliseconds deadline = 10s)
      : pulse(std::make_shared<actors::vitals>("TWILIO", "twilio", clock.now())),
        twilio(system.spawn(providers::twilio_client,
                            providers::twilio_client_parts{http, std::move(url), deadline, clock, pulse})) {}
  ~client_of() {
    http.stop(); // as the node does: its callbacks know the actor
    caf::anon_send_exit(twilio, caf::exit_reason::user_shutdown);
  }
  client_of(const client_of&) = delete;
  client_of& operator=(const client_of&) = delete;

  template <class Question, class Answer>
  core::expected<Answer> ask(Question question, actors::reply<Answer> Question::*answer) {
    auto promise = std::make_shared<std::promise<core::expected<Answer>>>();
    auto heard = promise->get_future();
    question.*answer = actors::reply<Answer>([promise](auto got) { promise->set_value(std::move(got)); });
    caf::anon_send(twilio, std::move(question));
    BOOST_REQUIRE(heard.wait_for(20s) == std::future_status::ready);
    return heard.get();
  }

  core::expected<actors::account_state> account(actors::account_access by = access()) {
    return ask(actors::fetch_account{std::move(by), {}}, &actors::fetch_account::answer);
  }
  core::expected<std::optional<actors::account_number>> number(std::string_view number,
                                                               actors::account_access by = access()) {
    return ask(actors::find_account_number{std::move(by), core::phone_number(std::string(number)), {}},
               &actors::find_account_number::answer);
  }
  core::expected<actors::recording_audio> recording(std::string sid = "RE" + std::string(32, 'a')) {
    return ask(actors::fetch_recording{access(), std::move(sid), {}}, &actors::fetch_recording::answer);
  }

  providers::http_client http;
  core::manual_clock clock{{1'700'000'000'000}};
  std::shared_ptr<actors::vitals> pulse;
  caf::actor_system_config config;
  caf::actor_system system{config};
  actors::twilio_actor twilio;
};

template <class T>
std::string word(const core::expected<T>& got) {
  return got ? "fine" : std::string(core::to_string(got.error().code));
}

struct simulated : simulated_twilio, client_of {
  simulated() : client_of(simulated_twilio::url()) {}
};

constexpr auto accounts = "/2010-04-01/Accounts";

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_twilio_client, simulated)

BOOST_AUTO_TEST_CASE(reads_the_account) {
  const auto got = account();
  BOOST_REQUIRE(got);
  BOOST_TEST(got->status == "active");
  BOOST_TEST(got->type == "Full");
  BOOST_TEST(got->friendly_name == ours.name);
  BOOST_TEST((got->latency_ms >= 0 && got->latency_ms < 10'000));
}

BOOST_AUTO_TEST_CASE(finds_a_number_of_the_account_alone) {
  const auto found = number(ours.number);
  BOOST_REQUIRE((found && *found));
  BOOST_TEST((**found).number.str() == ours.number);
  BOOST_TEST((**found).sid.starts_with("PN"));
  BOOST_TEST(((**found).voice && (**found).sms));
  BOOST_TEST(!number(neighbour.number)->has_value());
  BOOST_TEST(!number("72345")->has_value()); // a short code
}

BOOST_AUTO_TEST_CASE(says_that_the_credentials_are_refused) {
  const auto got = account(with_token("wrong"));
  BOOST_REQUIRE(word(got) == "twilio_credentials_rejected");
  BOOST_TEST(got.error().twilio->http_status == 401);
  BOOST_TEST(got.error().twilio->code == 20003);
  BOOST_TEST(word(number(ours.number, with_token("wrong"))) == "twilio_credentials_rejected");
}

BOOST_AUTO_TEST_CASE(asks_nothing_without_proper_credentials) {
  auto nobody = access();
  nobody.auth_token = {};
  BOOST_TEST(word(account(nobody)) == "twilio_not_configured");
  auto odd = access();
  odd.account_sid = "AC1/../x";
  BOOST_TEST(word(account(odd)) == "twilio_credentials_rejected");
  BOOST_TEST(word(recording("RE1/../x")) == "not_found");
}

BOOST_AUTO_TEST_CASE(uses_the_api_key_but_reads_the_account_with_the_token) {
  in_world([](sim::world& world) {
    world.data.put_api_key("SK1", {std::string(ours.sid), core::secret("key-secret")});
  });
  auto by = with_token("wrong");
  by.api_key = core::secret("SK1"), by.api_secret = core::secret("key-secret");
  BOOST_TEST(word(number(ours.number, by)) == "fine");
  BOOST_TEST(word(account(by)) == "twilio_credentials_rejected");
  by.auth_token = {};
  BOOST_TEST(word(account(by)) == "fine");
}

BOOST_AUTO_TEST_CASE(tells_a_suspended_account_from_wrong_credentials) {
  in_world([](sim::world& world) { world.data.find_account(std::string(ours.sid))->status = "suspended"; });
  BOOST_TEST(account().value().status == "suspended");
  const auto got = number(ours.number);
  BOOST_REQUIRE(word(got) == "twilio_credentials_rejected");
  BOOST_TEST(got.error().twilio->code == 20005);
}

BOOST_AUTO_TEST_CASE(says_when_twilio_is_not_there) {
  for (const std::string action : {"reset_before", "reset_after", "truncate"}) {
    fault(R"({"action":")" + action + "\"}"); // more than once: a GET on a kept connection is asked again
    BOOST_TEST(word(account()) == "twilio_unreachable", action);
    no_faults();
    BOOST_TEST(word(account()) == "fine");
  }
  fault(R"({"action":"status","status":503,"html":true,"count":1})");
  const auto broken = account();
  BOOST_REQUIRE(word(broken) == "twilio_unreachable");
  BOOST_TEST(broken.error().twilio->http_status == 503);
}

BOOST_AUTO_TEST_CASE(passes_on_when_to_come_back) {
  fault(R"({"action":"status","status":429,"retry_after_s":17,"count":1})");
  const auto busy = account();
  BOOST_REQUIRE(word(busy) == "twilio_unreachable");
  BOOST_TEST(busy.error().retry_after_seconds == 17);
  BOOST_TEST(busy.error().twilio->code == 20429);
}

BOOST_AUTO_TEST_CASE(waits_no_longer_than_its_deadline) {
  client_of hasty(url(), 100ms);
  fault(R"({"delay_ms":60000,"count":1})");
  BOOST_TEST(word(hasty.account()) == "twilio_unreachable");
}

BOOST_AUTO_TEST_CASE(leaves_an_account_alone_that_gets_no_answers) {
  fault(fmt::format(R"({{"action":"reset_before","match":{{"account":"{}"}}}})", ours.sid));
  for (int i = 0; i < 7; ++i) {
    const auto got = account();
    BOOST_REQUIRE(word(got) == "twilio_unreachable");
    BOOST_TEST((got.error().context == "breaker open") == (i >= 5), i);
    BOOST_TEST(got.error().retry_after_seconds >= 1);
  }
  BOOST_TEST(word(account(access(neighbour))) == "fine");
  no_faults();
  BOOST_TEST(word(account()) == "twilio_unreachable"); // it is not asked yet
  clock.pass_ms(2000);
  BOOST_TEST(word(account()) == "fine");
}

BOOST_AUTO_TEST_CASE(does_not_leave_an_account_alone_for_being_refused) {
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(account(with_token("wrong")).error().twilio->code == 20003);
  BOOST_TEST(word(account()) == "fine");
}

BOOST_AUTO_TEST_CASE(shows_what_went_wrong_with_twilio_and_not_with_a_company) {
  account(with_token("wrong"));
  BOOST_TEST(!pulse->last().has_value());
  fault(R"({"action":"status","status":503,"count":1})");
  account();
  BOOST_REQUIRE(pulse->last());
  BOOST_TEST(pulse->last()->code == "twilio_unreachable");
  BOOST_TEST(pulse->last()->detail == "Twilio answered 503.");
  BOOST_TEST(pulse->mailbox.load() == 0u);
}

BOOST_AUTO_TEST_CASE(logs_neither_credentials_nor_what_twilio_says) {
  std::vector<std::string> lines;
  {
    const log::redirection caught(log::level::debug, log::format::text,
                                  [&](std::string_view line) { lines.emplace_back(line); });
    fault(R"({"action":"status","status":503,"message":"words of Twilio"})");
    for (int i = 0; i < 6; ++i)
      account();
  }
  BOOST_TEST(lines.size() == 1u); // that the account is left alone
  for (const auto& line : lines)
    for (const auto& unwanted : {std::string(ours.auth_token), std::string("words of Twilio"), std::string("Basic ")})
      BOOST_TEST(line.find(unwanted) == std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(answers_when_it_ends) {
  http.stop();
  BOOST_TEST(word(account()) == "overloaded");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_recording)

BOOST_AUTO_TEST_CASE(is_fetched_with_the_credentials_of_the_account) {
  socket_server server([](server_connection& one) {
    if (one.read_request())
      one.answer(200, "ID3 sound", "Content-Type: audio/mpeg\r\n");
  });
  client_of client(fmt::format("http://127.0.0.1:{}", server.port()));
  const auto got = client.recording();
  BOOST_REQUIRE(word(got) == "fine");
  BOOST_TEST(got->bytes == "ID3 sound");
  BOOST_TEST(got->content_type == "audio/mpeg");
  const auto seen = server.requests().front();
  BOOST_TEST(seen.starts_with(
      fmt::format("GET {}/{}/Recordings/RE{}.mp3 HTTP/1.1\r\n", accounts, ours.sid, std::string(32, 'a'))));
  BOOST_TEST(seen.find("\r\nAuthorization: Basic ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(that_is_gone_is_not_found) {
  socket_server server([](server_connection& one) {
    if (one.read_request())
      one.answer(404, R"({"code":20404})");
  });
  client_of client(fmt::format("http://127.0.0.1:{}", server.port()));
  BOOST_TEST(word(client.recording()) == "not_found");
}

BOOST_AUTO_TEST_CASE(that_is_too_large_is_not_kept) {
  socket_server server([](server_connection& one) {
    if (one.read_request())
      one.answer(200, std::string(providers::twilio_client_state::largest_recording + 1, 'x'),
                 "Content-Type: audio/mpeg\r\n");
  });
  client_of client(fmt::format("http://127.0.0.1:{}", server.port()));
  BOOST_TEST(word(client.recording()) == "twilio_unreachable");
}

BOOST_AUTO_TEST_CASE(waits_for_no_more_than_four_others) {
  socket_server silent([](server_connection& one) {
    if (one.read_request())
      one.closed_by_client();
  });
  client_of client(fmt::format("http://127.0.0.1:{}", silent.port()));
  std::vector<actors::reply<actors::recording_audio>> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back([](const auto&) {});
    caf::anon_send(client.twilio, actors::fetch_recording{access(), "RE" + std::string(32, 'a'), waiting.back()});
  }
  BOOST_REQUIRE(silent.has_read(4));
  BOOST_TEST(word(client.recording()) == "overloaded");
}

BOOST_AUTO_TEST_SUITE_END()
