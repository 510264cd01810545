#include "tests/actors/health_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

namespace {

core::expected<actors::account_state> answer_of(const std::string& word) {
  const auto refusal = [](core::ec code, int status, int twilio_code) {
    core::error out{code, "", "", {}};
    out.twilio = core::twilio_refusal{status, twilio_code, "words", ""};
    return core::fail(std::move(out));
  };
  if (word == "refused")
    return refusal(core::ec::twilio_credentials_rejected, 401, 20003);
  if (word == "away")
    return core::fail(core::ec::twilio_unreachable);
  if (word == "no room")
    return core::fail(core::ec::overloaded);
  return actors::account_state{word == "slow" ? "active" : word, "Full", "", word == "slow" ? 2500 : 100};
}

} // namespace

health_fixture::~health_fixture() {
  services->bell->answered_by({});
  if (monitor)
    caf::anon_send_exit(monitor, caf::exit_reason::user_shutdown);
  monitor = nullptr;
  twilio.accounts.clear();
  settle();
}

core::tenant_id health_fixture::company(const std::string& name, const std::string& account) {
  const auto id = add_company(name);
  configure(id, account.empty() ? name : account);
  return id;
}

void health_fixture::configure(const core::tenant_id& id, const std::string& account, const std::string& next_token) {
  auto& profile = companies->rows.at(id);
  profile.config.credentials.account_sid = account;
  profile.config.credentials.auth_token = core::secret(account.empty() ? "" : "token of " + account);
  profile.config.credentials.next_auth_token = core::secret(next_token);
  persistence::tenant_door door;
  door.tenant = id;
  door.account_sid = account;
  door.auth_token = profile.config.credentials.auth_token;
  door.next_auth_token = core::secret(next_token);
  door.hook.value = "hook-" + id.value;
  numbers.put(std::move(door));
  services->bell->changed(id);
}

void health_fixture::start_monitor() {
  actors::health_monitor_parts parts{services, numbers, platform, "sqlite", std::chrono::seconds(60), pace, {}, {}};
  parts.pulse = std::make_shared<actors::vitals>("HEALTH_MONITOR", "health-monitor", clock.now());
  if (told_outside)
    parts.receiver = actors::alert_receiver{"https://ops.example.com/alerts", core::secret("the key of the receiver"),
                                            [this](actors::webhook_delivery letter) {
                                              letters.push_back(letter);
                                              if (answer_of_outside > 0)
                                                letter.answer(answer_of_outside);
                                            }};
  monitor = system.spawn(actors::health_monitor, parts);
  services->bell->answered_by([this](actors::alarm_bell::alarm alarm) {
    std::visit([this](auto& message) { caf::anon_send(monitor, std::move(message)); }, alarm);
  });
  settle();
  answer_twilio();
}

void health_fixture::answer_twilio() {
  settle();
  while (true) {
    auto asked = std::exchange(twilio.accounts, {});
    bool answered = false;
    for (auto& question : asked) {
      const auto& account = question.access.account_sid;
      const auto word = says.contains(account) ? says[account] : "active";
      if (question.answer.settled())
        continue;
      if (word == "silent") {
        twilio.accounts.push_back(std::move(question));
        continue;
      }
      ++questions[account];
      answered = true;
      question.answer(answer_of(word));
    }
    settle();
    if (!answered)
      return;
  }
}

void health_fixture::seconds(int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    pass(std::chrono::seconds(1));
    answer_twilio();
  }
}

health::report health_fixture::report(const core::tenant_id& company) {
  std::optional<health::report> got;
  caf::anon_send(monitor, actors::read_health{company, actors::reply<health::report>([&](auto answer) {
                                                BOOST_REQUIRE(answer);
                                                got = std::move(*answer);
                                              })});
  answer_twilio();
  BOOST_REQUIRE(got);
  return *got;
}

std::string health_fixture::state_of(const core::tenant_id& company, const std::string& kind) {
  for (const auto& one : report().dependencies)
    if (one.company == company && to_string(one.kind) == kind)
      return fmt::format("{} '{}'", to_string(one.status), one.message);
  return "-";
}

void health_fixture::run(const core::tenant_id& company) {
  caf::anon_send(monitor, actors::run_health{company, actors::reply<health::report>([this](auto answer) {
                                               BOOST_REQUIRE(answer);
                                               ran.push_back(std::move(*answer));
                                             })});
  settle();
}

std::vector<std::string> health_fixture::open_alerts() const {
  std::vector<std::string> out;
  for (const auto& row : alerts->rows)
    if (row.state != core::alert_state::resolved)
      out.push_back(fmt::format("{} {} x {}", to_string(row.key.code),
                                row.key.company.empty() ? row.key.dependency : row.key.company.value, row.occurrences));
  return out;
}

} // namespace trunkline::tests
