#pragma once

#include "actors/gateway.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace trunkline::tests {

/// What is known of the one company there is.
struct the_company {
  static constexpr auto account_sid = "AC0123456789abcdef0123456789abcdef";
  static constexpr auto auth_token = "0123456789abcdef0123456789abcdef";
  static constexpr auto number = "+12125550101";
  static constexpr auto hook = "k7k7k7k7k7k7k7k7k7k7k7k7k7";
  static constexpr auto password = "correct horse battery"; ///< of its user ana
};

/// Keeps who wants to watch.
struct fake_live_events final : actors::live_events {
  core::expected<void> watch(actors::watch_company question) override {
    if (full)
      return core::fail(core::ec::overloaded, "Too many browsers are connected.");
    asked.push_back(std::move(question));
    return {};
  }
  std::vector<actors::watch_company> asked;
  bool full = false;
};

class fake_gateway;
using fake_gateway_base =
    actors::hands_over<fake_gateway, actors::hands_over<fake_gateway, actors::gateway, actors::store_questions>,
                       actors::twilio_questions>;

/// Actors that answer at once: one company, known by its number and its token; what they were asked is kept.
class fake_gateway final : public fake_gateway_base {
public:
  fake_gateway();

  using fake_gateway_base::ask;
  const actors::number_directory& numbers() const override { return numbers_; }
  void dispatch(actors::webhook_job job) override { jobs.push_back(std::move(job)); }
  void ask(actors::create_company question) override { hand_over(std::move(question)); }
  void ask(actors::put_config question) override { hand_over(std::move(question)); }
  void ask(actors::change_company question) override { hand_over(std::move(question)); }
  void ask(actors::remove_company question) override { hand_over(std::move(question)); }
  void ask(actors::release_quarantine question) override { hand_over(std::move(question)); }
  void ask(actors::enqueue_message question) override { hand_over(std::move(question)); }
  void ask(actors::read_health question) override { hand_over(std::move(question)); }
  void ask(actors::run_health question) override { hand_over(std::move(question)); }
  actors::alarm_bell& bell() const override { return bell_; }
  fake_live_events& events() const override { return live; }
  void ask(actors::read_cluster question) override { question.answer(cluster); }
  void ask(actors::drain_node question) override;
  void ask(actors::read_actors question) override;
  std::string node_name() const override { return "n1"; }
  bool quarantined(const core::tenant_id&) const override { return false; }
  std::vector<std::string> not_ready_reasons() const override { return reasons; }

  template <class Question>
  void hand_over(Question question) {
    if (failure)
      question.answer(core::fail(*failure));
    else
      answer(std::move(question));
  }

  /// Puts the company's door anew, in this mode.
  void set_signatures(core::signature_mode mode);
  /// The same with these tokens.
  void set_tokens(const std::string& current, const std::string& next);
  /// A key that opens; returns it.
  std::string add_key(core::role role, const core::tenant_id& of = {});

  std::vector<actors::webhook_job> jobs; ///< dispatched and not answered yet
  core::cluster_status cluster;
  std::vector<core::outgoing_message> sent;
  std::vector<std::string> drained;
  std::vector<std::string> reasons;
  std::optional<core::error> failure; ///< every question is answered with it
  core::tenant_profile company;
  std::optional<core::page_request> asked_page;
  std::map<std::string, core::api_key> keys;          ///< by hash
  std::map<std::string, core::console_user> sessions; ///< by hash
  int key_questions = 0, created = 0;
  std::vector<std::string> keys_used;
  core::author last_author;
  core::expected<actors::account_state> account = actors::account_state{"active", "Full", "Acme", 12};
  std::set<std::string> account_numbers;
  std::vector<actors::account_access> asked_accounts;
  std::map<std::string, std::pair<std::string, std::string>> kept; ///< scope and key -> body hash, answer
  bool holds_answers = false;                                      ///< creations wait in `held`
  std::vector<actors::create_company> held;
  health::report report;
  std::vector<core::tenant_id> asked_health, asked_runs;
  core::alert alert; ///< the one there is
  std::optional<core::alert_filter> asked_alerts;
  core::channel_record channel; ///< the one there is, with its last message
  std::optional<core::channel_filter> asked_channels;
  std::map<std::string, core::opt_out> opted_out; ///< by number
  mutable fake_live_events live;

private:
  /// What nothing is made of here.
  template <class Question>
  void answer(Question question) {
    question.answer(core::fail(core::ec::not_found));
  }
  void answer(actors::load_profile question);
  void answer(actors::create_company question);
  void answer(actors::put_config question);
  void answer(actors::change_company question);
  void answer(actors::remove_company question);
  void answer(actors::release_quarantine question);
  void answer(actors::enqueue_message question) {
    sent.push_back(question.message);
    question.answer(question.message.message);
  }
  void answer(actors::list_companies question);
  void answer(actors::list_calls question);
  void answer(actors::list_messages question);
  void answer(actors::check_numbers question) { question.answer({}); }
  void answer(actors::load_facts question) { question.answer(core::tenant_facts{}); }
  void answer(actors::put_account_check question) { question.answer({}); }
  void answer(actors::list_conflicts question) { question.answer(core::page<core::number_conflict>{}); }
  void answer(actors::sum_usage question) { question.answer(std::vector<core::usage_day>(question.days.size())); }
  void answer(actors::find_key question);
  void answer(actors::note_key_used question) { keys_used.push_back(question.id); }
  void answer(actors::create_key question);
  void answer(actors::delete_key question);
  void answer(actors::list_keys question) { question.answer(core::page<core::api_key>{}); }
  void answer(actors::put_user question) { question.answer({}); }
  void answer(actors::list_users question) { question.answer(core::page<core::console_user>{}); }
  void answer(actors::sign_in question);
  void answer(actors::find_session question);
  void answer(actors::sign_out question);
  void answer(actors::read_health question) { asked_health.push_back(question.company), question.answer(report); }
  void answer(actors::run_health question) { asked_runs.push_back(question.company), question.answer(report); }
  void answer(actors::list_alerts question);
  void answer(actors::acknowledge_alert question);
  void answer(actors::find_message question);
  void answer(actors::list_channels question);
  void answer(actors::find_channel question);
  void answer(actors::list_channel_messages question);
  void answer(actors::mark_channel_read question);
  void answer(actors::list_opt_outs question);
  void answer(actors::add_opt_out question);
  void answer(actors::remove_opt_out question);
  void answer(actors::list_audit question) { question.answer(core::page<core::audit_entry>{}); }
  void answer(actors::begin_idempotent question);
  void answer(actors::finish_idempotent question);
  void answer(actors::fetch_account question);
  void answer(actors::find_account_number question);

  actors::number_directory numbers_{std::nullopt};
  mutable actors::alarm_bell bell_;
  persistence::tenant_door the_door() const;
};

} // namespace trunkline::tests
