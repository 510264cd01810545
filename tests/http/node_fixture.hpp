#pragma once

#include "http/routes.hpp"
#include "tests/http/fake_exchange.hpp"

#include <functional>
#include <optional>

namespace trunkline::tests {

class fake_gateway;
using without_twilio = actors::hands_over<fake_gateway, actors::gateway, actors::twilio_questions>;

/// Actors that answer at once: one company, known by its number and its token; what they were asked is kept.
class fake_gateway final : public without_twilio {
public:
  fake_gateway();

  using without_twilio::ask;
  template <class Question>
  void hand_over(Question question) { // nobody asks Twilio here
    question.answer(core::fail(failure.value_or(core::error{core::ec::twilio_unreachable, "", "", {}})));
  }

  const actors::number_directory& numbers() const override { return numbers_; }
  void dispatch(actors::webhook_job job) override { jobs.push_back(std::move(job)); }
  void ask(actors::load_profile question) override;
  void ask(actors::create_company question) override;
  void ask(actors::list_companies question) override;
  void ask(actors::put_config question) override;
  void ask(actors::list_calls question) override;
  void ask(actors::find_call question) override;
  void ask(actors::list_messages question) override;
  void ask(actors::release_quarantine question) override;
  actors::actor_tree actors(const actors::actor_filter& filter) const override;
  std::string node_name() const override { return "n1"; }
  bool quarantined(const core::tenant_id&) const override { return false; }
  std::vector<std::string> not_ready_reasons() const override { return reasons; }

  /// Puts the company's door anew, in this mode.
  void set_signatures(core::signature_mode mode);

  std::vector<actors::webhook_job> jobs; ///< dispatched and not answered yet
  std::vector<std::string> reasons;
  std::optional<core::error> failure; ///< every question is answered with it
  core::tenant_profile company;
  std::optional<core::page_request> asked_page;

private:
  bool failed(const auto& answer) const {
    if (failure)
      answer(core::fail(*failure));
    return failure.has_value();
  }

  actors::number_directory numbers_{std::nullopt};
};

/// A front end before fake actors.
struct node_fixture {
  static constexpr auto account_sid = "AC0123456789abcdef0123456789abcdef";
  static constexpr auto auth_token = "0123456789abcdef0123456789abcdef";
  static constexpr auto number = "+12125550101";
  static constexpr auto hook = "k7k7k7k7k7k7k7k7k7k7k7k7k7";
  static constexpr auto admin_key = "tk_platform_admin_0123456789";
  static constexpr auto public_url = "https://gw.example.com";

  node_fixture();

  using pairs = std::vector<std::pair<std::string, std::string>>;

  /// The parameters of a call to the company.
  static pairs call();
  static pairs message();
  /// As Twilio would sign it.
  static std::string signature(const std::string& target, const pairs& params);
  /// A signed webhook as it arrives.
  static std::shared_ptr<fake_exchange> webhook(const std::string& target, const pairs& params);

  std::shared_ptr<fake_exchange> send(const std::shared_ptr<fake_exchange>& request);
  /// With the platform admin key.
  std::shared_ptr<fake_exchange> ask(std::string method, std::string target, std::string body = {}, pairs headers = {});

  fake_gateway gateway;
  core::manual_clock clock{core::timestamp{1'763'661'845'123}};
  http::context ctx;
  std::function<void(http::exchange_ptr)> webhooks, api;
};

} // namespace trunkline::tests
