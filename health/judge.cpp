#include "health/judge.hpp"

#include <fmt/format.h>

namespace trunkline::health {

namespace {

verdict timed(int64_t latency_ms, std::string_view what) {
  verdict out;
  out.status = latency_ms > slow_ms ? status::degraded : status::healthy;
  out.latency_ms = latency_ms;
  out.message = out.status == status::healthy ? "OK" : fmt::format("{} answers slowly", what);
  return out;
}

verdict down(std::string message, std::string fix) {
  verdict out;
  out.message = std::move(message);
  out.fix = std::move(fix);
  return out;
}

verdict judge_refusal(const core::error& failure) {
  constexpr int account_not_active = 20005;
  const bool inactive = failure.twilio && failure.twilio->code == account_not_active;
  if (inactive)
    return down("Twilio account is not active", "Reactivate the account at Twilio, or configure another one");
  if (failure.code == core::ec::twilio_credentials_rejected)
    return down("Twilio authentication failed", "Update the Auth Token");
  if (failure.code == core::ec::twilio_not_configured)
    return down("Twilio credentials not fully configured", "Add the Auth Token");
  if (failure.twilio && failure.twilio->http_status == 429)
    return down("Twilio takes no more requests for this account", "Wait, or ask Twilio for a higher limit");
  if (failure.code != core::ec::twilio_unreachable)
    return down("Twilio refused the question", "Look for this check in the log");
  auto out = down("Twilio does not answer", "Check the network and https://status.twilio.com");
  out.reachable = false;
  return out;
}

} // namespace

verdict judge_account(const core::expected<account_said>& answer, int64_t waited_ms) {
  if (!answer) {
    auto out = judge_refusal(answer.error());
    out.latency_ms = waited_ms;
    if (answer.error().code == core::ec::twilio_credentials_rejected)
      out.accepted = false;
    return out;
  }
  auto out = timed(answer->latency_ms, "Twilio");
  if (answer->status != "active") {
    out = down(fmt::format("Twilio account is {}", answer->status),
               answer->status == "closed" ? "Configure another account: a closed one does not come back"
                                          : "Reactivate the account at Twilio");
    out.latency_ms = answer->latency_ms;
  }
  out.account_status = answer->status;
  out.account_type = answer->type;
  out.accepted = true;
  return out;
}

verdict judge_database(const core::expected<int64_t>& round_trip_us, int64_t waited_ms) {
  if (round_trip_us)
    return timed((*round_trip_us + 999) / 1000, "The database");
  auto out = down("Database unavailable", "Check that the database runs and can be reached");
  out.latency_ms = waited_ms;
  out.reachable = false;
  return out;
}

bool says_nothing(const core::error& failure) {
  return failure.code == core::ec::overloaded || failure.code == core::ec::not_ready;
}

} // namespace trunkline::health
