#include "actors/outbox.hpp"

#include "actors/quiet.hpp"
#include "actors/sending.hpp"
#include "actors/simulated_sending.hpp"
#include "config/log.hpp"
#include "core/metrics.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <random>

namespace trunkline::actors {

namespace {

constexpr std::string_view metric = "trunkline_attempts_total", help = "Attempts to send a message, by their end";
core::counter accepted(metric, help, "result", "accepted");
core::counter rejected(metric, help, "result", "rejected");
core::counter put_back(metric, help, "result", "put_back");
core::counter unknown(metric, help, "result", "unknown");
core::gauge active("trunkline_actor_active", "Actors running", "type", "OUTBOX");

constexpr int64_t after_a_failure_ms = 1'000, idle_ms = 30'000;

void count(const core::send_result& result) {
  core::counter* const counters[] = {&accepted, &rejected, &put_back, &unknown};
  counters[result.how.index()]->add();
}

/// The company has another owner, or this node ends.
bool is_over(const core::error& failure) { return failure.code == core::ec::not_ready; }

} // namespace

// -- taking from the queue --------------------------------------------------------------------------------------------

void outbox_state::look() {
  const auto limit = pace.air_limit();
  const bool no_room =
      in_air.size() * 2 > limit; // a claim for each message that has ended would cost more than it sends
  if (claiming || no_room || to_settle.size() > limit) {
    again = true;
    return;
  }
  mine = node->elsewhere ? node->elsewhere->mine(profile->tenant.id) : core::owned_shard{};
  if (!mine)
    return self->quit(caf::exit_reason::normal);
  claiming = true;
  again = false;
  claimed_at = node->clock.steady();
  auto me = caf::actor_cast<outbox_actor>(self);
  node->stores.ask(claim_messages{*mine, profile->tenant.id, wish(), reply<core::send_orders>([me](auto orders) {
                                    caf::anon_send(me, messages_claimed{std::move(orders)});
                                  })});
}

core::send_wish outbox_state::wish() const {
  const auto steady = node->clock.steady();
  core::send_wish out;
  out.now = node->clock.now();
  out.first = first;
  out.budget = pace.budget(steady);
  out.budget.messages = pace.air_limit() - in_air.size();
  out.rules = rules_of(*profile, out.now);
  for (const auto& [id, recipient] : asked_about)
    out.rules.asked_about.insert(recipient);
  out.spending = core::spending_of(profile->tenant, profile->config, out.now);
  out.doubts = node->settings.doubts;
  return out;
}

void outbox_state::claimed(messages_claimed& news) {
  claiming = false;
  if (!news.orders) {
    if (is_over(news.orders.error()))
      return self->quit(caf::exit_reason::normal);
    return look_in(after_a_failure_ms);
  }
  first = false;
  short_of_room = news.orders->more || news.orders->budget_used_up;
  for (const auto& message : news.orders->go)
    send(message);
  for (const auto& message : news.orders->doubtful)
    ask_about(message);
  conclude(*news.orders);
}

/// When it is worth looking again.
void outbox_state::conclude(const core::send_orders& orders) {
  const auto now = node->clock.steady();
  if (!orders.empty || !in_air.empty())
    busy_at = now;
  if (again || orders.more)
    return look();
  std::optional<int64_t> wait;
  if (orders.next_due)
    wait = std::max<int64_t>(1, orders.next_due->ms - node->clock.now().ms);
  if (orders.budget_used_up)
    wait = std::min(wait.value_or(after_a_failure_ms), pace.wait_ms(now).value_or(after_a_failure_ms));
  look_in(std::min(wait.value_or(idle_ms), idle_ms));
}

/// Unless it looks sooner anyway.
void outbox_state::look_in(int64_t ms) {
  const core::steady_time at{node->clock.steady().ms + ms};
  if (next_look && *next_look <= at)
    return;
  next_look = at;
  self->delayed_send(self, std::chrono::milliseconds(ms), look_again{++turn});
}

void outbox_state::its_turn(const look_again& news) {
  if (news.turn != turn)
    return;
  next_look.reset();
  const bool idle = in_air.empty() && to_settle.empty() && asked_about.empty() && !claiming;
  if (idle && node->clock.steady().ms - busy_at.ms >= idle_ms)
    return self->quit(caf::exit_reason::normal); // whoever has something for it spawns another one
  look();
}

// -- sending ----------------------------------------------------------------------------------------------------------

void outbox_state::send(const core::outgoing_message& outgoing) {
  const auto now = node->clock.steady();
  const auto& message = outgoing.message;
  const auto lane = core::lane_of(message.communication_type, message.twilio_number);
  in_air.insert_or_assign(message.id, attempt{node->tenants.enter(profile->tenant.id, now).in_flight,
                                              message.user_phone_number, message.simulated});
  pace.taken(lane, message.campaign_id, message.segments, now);
  attempt_ended news{message.id, outgoing.attempt, lane, {}};
  auto me = caf::actor_cast<outbox_actor>(self);
  reply<send_answer> answer([me, news](core::expected<send_answer> said) mutable {
    news.said = std::move(said);
    caf::anon_send(me, std::move(news));
  });
  auto order = order_for(*node, *profile, outgoing);
  order.answer = std::move(answer);
  order.may_send = [places = node->elsewhere, mine = *mine, &clock = node->clock,
                    until = core::steady_time{claimed_at.ms + core::send_within_ms}] {
    return clock.steady() < until && (!places || places->may_send(mine));
  };
  if (message.simulated)
    order.answer(simulated_answer(message));
  else
    caf::anon_send(node->twilio, std::move(order));
}

void outbox_state::ended(attempt_ended& news) {
  const auto now = node->clock.steady();
  auto result = result_of(news, node->clock.now(), std::uniform_real_distribution<double>(0, 1)(random));
  if (std::holds_alternative<core::send_accepted>(result.how))
    pace.accepted(news.lane, now);
  if (const auto* slower = slow_down_in(news.said)) {
    if (slower->of_its_lane)
      pace.slow_lane(news.lane, now);
    else
      pace.slow_account();
  }
  count(result);
  to_settle.push_back(std::move(result));
  settle();
}

void outbox_state::settle() {
  if (settling || to_settle.empty())
    return;
  settling = true;
  auto me = caf::actor_cast<outbox_actor>(self);
  auto results = std::exchange(to_settle, {});
  node->stores.ask(settle_messages{*mine, profile->tenant.id, results,
                                   core::spending_of(profile->tenant, profile->config, node->clock.now()),
                                   node->settings.doubts, reply<void>([me, results](auto done) {
                                     caf::anon_send(me, attempts_settled{results, std::move(done)});
                                   })});
}

void outbox_state::settled(attempts_settled& news) {
  settling = false;
  if (!news.done) {
    if (is_over(news.done.error())) // the next owner finds out
      return self->quit(caf::exit_reason::normal);
    log::warn(log::no_request, "outbox of {}: {} ends of attempts not stored yet: {}", profile->tenant.id,
              news.results.size(), news.done.error().context);
    to_settle.insert(to_settle.end(), news.results.begin(), news.results.end());
    self->delayed_send(self, std::chrono::milliseconds(after_a_failure_ms), settle_again{});
    return;
  }
  for (const auto& result : news.results) {
    const auto found = in_air.find(result.id);
    const auto* sent = std::get_if<core::send_accepted>(&result.how);
    if (sent && found != in_air.end() && found->second.simulated)
      simulate_callbacks(*node, profile->tenant.id, sent->twilio_sid);
    if (found != in_air.end())
      in_air.erase(found);
  }
  settle();
  if (again || short_of_room)
    look();
}

// -- finding out ------------------------------------------------------------------------------------------------------

/// Not while something to the same person is in the air: it would be taken for the one that is looked for.
void outbox_state::ask_about(const core::doubtful_message& message) {
  const bool others = std::any_of(in_air.begin(), in_air.end(),
                                  [&](const auto& one) { return one.second.recipient == message.recipient; });
  if (others || asked_about.contains(message.id))
    return;
  asked_about.emplace(message.id, message.recipient);
  auto me = caf::actor_cast<outbox_actor>(self);
  caf::anon_send(node->twilio, list_sent_messages{access_for(*node, *profile), message.communication_type,
                                                  message.twilio_number, message.recipient,
                                                  reply<std::vector<core::sent_candidate>>([me, message](auto listed) {
                                                    doubt_examined news{message, {}};
                                                    if (listed)
                                                      news.candidates = std::move(*listed);
                                                    caf::anon_send(me, std::move(news));
                                                  })});
}

void outbox_state::examined(doubt_examined& news) {
  auto me = caf::actor_cast<outbox_actor>(self);
  node->stores.ask(resolve_message{*mine, profile->tenant.id, news.message, std::move(news.candidates),
                                   profile->config.on_unknown == core::unknown_outcome::resend, node->settings.doubts,
                                   reply<core::doubt_end>([me, message = news.message](auto end) {
                                     caf::anon_send(me, doubt_settled{message, std::move(end)});
                                   })});
}

void outbox_state::resolved(const doubt_settled& news) {
  asked_about.erase(news.message.id);
  if (!news.end && is_over(news.end.error()))
    return self->quit(caf::exit_reason::normal);
  if (news.end && *news.end == core::doubt_end::held)
    log::warn(log::no_request, "company {}: whether {} went out can not be found out; it waits for somebody's word",
              profile->tenant.id, news.message.id);
  look_in(news.end && *news.end == core::doubt_end::ask_again ? after_a_failure_ms : 1);
}

// -- the company ------------------------------------------------------------------------------------------------------

void outbox_state::change(profile_ptr next) {
  profile = std::move(next);
  const auto now = node->clock.steady();
  pace.follow(profile->config.rate_limit, now);
  for (const auto& number : rules_of(*profile, node->clock.now()).senders)
    for (const auto* kind : {"sms", "whatsapp"})
      pace.know_lane(core::lane_of(kind, number), now);
}

outbox_state::~outbox_state() {
  if (node)
    active.add(-1);
}

outbox_actor::behavior_type outbox(outbox_actor::stateful_pointer<outbox_state> self,
                                   std::shared_ptr<const services> node, profile_ptr profile) {
  auto& st = self->state;
  st.self = self, st.node = std::move(node);
  active.add(1);
  keep_quiet(self);
  st.change(std::move(profile));
  st.busy_at = st.node->clock.steady();
  return {
      [&st](look_for_messages) { st.look(); },
      [&st](profile_changed& msg) { st.change(std::move(msg.profile)); },
      [&st](const look_again& msg) { st.its_turn(msg); },
      [&st](messages_claimed& msg) { st.claimed(msg); },
      [&st](attempt_ended& msg) { st.ended(msg); },
      [&st](attempts_settled& msg) { st.settled(msg); },
      [&st](settle_again) { st.settle(); },
      [&st](doubt_examined& msg) { st.examined(msg); },
      [&st](const doubt_settled& msg) { st.resolved(msg); },
  };
}

} // namespace trunkline::actors
