#include "core/send_plan.hpp"

#include "core/number_country.hpp"

#include <algorithm>
#include <numeric>

namespace trunkline::core {

namespace {

/// What a message may never pass, whatever the time.
std::optional<send_refusal> refusal_of(const queued_send& one, const send_rules& rules) {
  if (!rules.senders.contains(one.twilio_number))
    return send_refusal::number_gone;
  if (one.opted_out)
    return send_refusal::opted_out;
  if (rules.allowed_countries && !rules.allowed_countries->contains(country_of(one.recipient)))
    return send_refusal::country_not_allowed;
  return std::nullopt;
}

bool is_used_up(const std::map<std::string, double>& budgets, const std::string& name) {
  const auto found = budgets.find(name);
  return found != budgets.end() && found->second <= 0;
}

void take(std::map<std::string, double>& budgets, const std::string& name, double amount) {
  if (const auto found = budgets.find(name); found != budgets.end())
    found->second -= amount;
}

/// Goes through the queue once.
class planner {
public:
  planner(const std::vector<queued_send>& queue, const send_rules& rules, send_budget budget)
      : queue_(queue), rules_(rules), budget_(std::move(budget)), left_(rules.left_to_spend) {}

  void decide(size_t place) {
    const auto& one = queue_[place];
    if (rules_.paused_campaigns.contains(one.campaign_id) || plan_.over_cap.contains(one.campaign_id))
      return;
    if (const auto why = refusal_of(one, rules_))
      return void(plan_.refuse.emplace_back(place, *why));
    if (rules_.asked_about.contains(one.recipient))
      return;
    if (!one.campaign_id.empty() && budget_.each_campaign)
      budget_.campaigns.try_emplace(one.campaign_id, *budget_.each_campaign);
    if (!fits(one))
      return void(plan_.budget_used_up = true);
    if (one.priority == send_priority::bulk && rules_.quiet_until)
      if (const auto until = rules_.quiet_until(one))
        return void(plan_.later.emplace_back(place, *until));
    if (left_ && one.cost > *left_)
      return over_cap(place);
    go(place);
  }
  send_plan result() && { return std::move(plan_); }

private:
  bool fits(const queued_send& one) const {
    return plan_.go.size() < budget_.messages && (!budget_.company || *budget_.company > 0) &&
           !is_used_up(budget_.lanes, one.lane) &&
           (one.campaign_id.empty() || !is_used_up(budget_.campaigns, one.campaign_id));
  }
  /// A campaign waits for somebody to decide; a single message has an author who is told.
  void over_cap(size_t place) {
    const auto& campaign = queue_[place].campaign_id;
    if (campaign.empty())
      plan_.refuse.emplace_back(place, send_refusal::spend_cap);
    else
      plan_.over_cap.insert(campaign);
  }
  void go(size_t place) {
    const auto& one = queue_[place];
    const auto amount = static_cast<double>(one.segments);
    take(budget_.lanes, one.lane, amount);
    take(budget_.campaigns, one.campaign_id, amount);
    if (budget_.company)
      *budget_.company -= amount;
    if (left_)
      left_->units -= one.cost.units;
    plan_.go.push_back(place);
  }

  const std::vector<queued_send>& queue_;
  const send_rules& rules_;
  send_budget budget_;
  std::optional<money> left_;
  send_plan plan_;
};

} // namespace

std::string_view words_of(send_refusal why) {
  constexpr std::string_view words[] = {
      "The number it was to be sent from is not an active number of the company any more.",
      "The recipient has opted out of messages from this company.",
      "The company does not allow messages to the recipient's country.",
      "The company's spend cap for today is reached.",
  };
  return words[static_cast<size_t>(why)];
}

send_plan plan_sends(const std::vector<queued_send>& queue, const send_rules& rules, send_budget budget) {
  std::vector<size_t> order(queue.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return queue[a].priority < queue[b].priority; });
  planner work(queue, rules, std::move(budget));
  for (const auto place : order)
    work.decide(place);
  return std::move(work).result();
}

} // namespace trunkline::core
