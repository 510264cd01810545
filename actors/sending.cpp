#include "actors/sending.hpp"

#include "core/quiet_time.hpp"
#include "twilio/error_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trunkline::actors {

namespace {

/// The number that a message leaves from names itself in the callback; what has no token of its own uses the company's.
const core::hook_token& hook_of(const core::tenant_config& config, const core::phone_number& number) {
  for (const auto& one : config.numbers)
    if (one.number == number && !one.hook.empty())
      return one.hook;
  return config.hook;
}

struct reader {
  const attempt_ended& news;
  core::timestamp now;
  double chance;

  using how = decltype(core::send_result::how);

  how operator()(const core::send_accepted& end) const { return end; }
  how operator()(const core::send_rejected& end) const { return end; }
  how operator()(const core::send_unknown& end) const { return end; }
  how operator()(const send_not_now& end) const {
    const auto wait = std::max(end.wait_ms.value_or(0), back_off_ms(news.number, chance));
    return core::send_put_back{{now.ms + wait}, end.why};
  }
  how operator()(const core::error& failure) const {
    if (failure.code == core::ec::twilio_not_configured)
      return core::send_rejected{{}, "Twilio not configured for this company"};
    return core::send_unknown{failure.context.empty() ? failure.detail : failure.context};
  }
};

} // namespace

account_access access_for(const services& node, const core::tenant_profile& company) {
  if (!company.config.credentials.account_sid.empty())
    return access_of(company.config.credentials);
  if (node.platform)
    return access_of(*node.platform);
  return {};
}

core::send_rules rules_of(const core::tenant_profile& company, core::timestamp now) {
  const auto& config = company.config;
  core::send_rules rules;
  for (const auto& one : config.numbers)
    if (one.active)
      rules.senders.insert(one.number);
  if (config.legacy_number)
    rules.senders.insert(*config.legacy_number);
  if (config.whatsapp_number)
    rules.senders.insert(*config.whatsapp_number);
  if (config.allowed_countries)
    rules.allowed_countries.emplace(config.allowed_countries->begin(), config.allowed_countries->end());
  if (config.quiet_hours)
    rules.quiet_until = [until = core::quiet_until(*config.quiet_hours, company.tenant.time_zone, now)](
                            const core::queued_send&) { return until; };
  return rules;
}

send_message order_for(const services& node, const core::tenant_profile& company,
                       const core::outgoing_message& outgoing) {
  send_message order;
  order.access = access_for(node, company);
  order.message = outgoing;
  order.status_callback =
      fmt::format("{}{}/status/{}/{}", *node.hooks_base, hook_of(company.config, outgoing.message.twilio_number),
                  outgoing.message.id, outgoing.attempt);
  order.smart_encoded = company.config.smart_encoding;
  return order;
}

core::send_result result_of(const attempt_ended& news, core::timestamp now, double chance) {
  const reader read{news, now, chance};
  return {news.message, news.number, now, news.said ? std::visit(read, *news.said) : read(news.said.error())};
}

const send_not_now* slow_down_in(const core::expected<send_answer>& said) {
  const auto* end = said ? std::get_if<send_not_now>(&*said) : nullptr;
  return end && end->slow_down ? end : nullptr;
}

int64_t back_off_ms(int attempt, double chance) {
  constexpr int64_t longest = 60'000;
  const auto most = std::min<int64_t>(longest, 200LL << std::clamp(attempt - 1, 0, 10));
  return static_cast<int64_t>(static_cast<double>(most) * chance);
}

} // namespace trunkline::actors
