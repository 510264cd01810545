#include "sim/fault_gate.hpp"

#include "sim/api.hpp"
#include "sim/control_api.hpp"

#include <fmt/format.h>

#include <memory>

namespace trunkline::sim {

namespace {

using std::chrono::milliseconds;

response scripted_answer(const fault_rule& rule) {
  response answer;
  if (rule.html) {
    // What a proxy in front of the API says when the API does not.
    answer = {rule.status,
              fmt::format("<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>", rule.status),
              "text/html; charset=utf-8"};
  } else {
    auto error = error_of(rule.code);
    error.status = rule.status;
    if (!rule.message.empty())
      error.message = rule.message;
    answer = to_response(error);
  }
  if (rule.retry_after_s >= 0)
    answer.headers.emplace_back("Retry-After", std::to_string(rule.retry_after_s));
  return answer;
}

outcome process(world& sim, const request& received, const fault_rule& rule) {
  const bool processed = rule.kind != fault_kind::reset_before && (rule.kind != fault_kind::status || rule.processed);
  response answer;
  if (processed)
    answer = twilio_api(sim, received);
  switch (rule.kind) {
  case fault_kind::status:
    return {scripted_answer(rule)};
  case fault_kind::reset_before:
  case fault_kind::reset_after:
    return {{}, delivery::reset};
  case fault_kind::truncate:
    return {std::move(answer), delivery::truncated};
  case fault_kind::delay:
  case fault_kind::list_lag:
  case fault_kind::drop:
  case fault_kind::duplicate:
    break;
  }
  return {std::move(answer)};
}

/// Now when there is no delay; when the queue of delays is full too: an answer early is better than none.
void after(world& sim, int64_t delay_ms, const std::function<void()>& work) {
  if (delay_ms == 0 || !sim.out.after(milliseconds(delay_ms), work))
    work();
}

/// Counts a request of a known account until it has its answer.
respond counted(world& sim, const request& received, respond done) {
  std::string account(account_of_path(received.path));
  if (!sim.data.find_account(account))
    return done;
  ++sim.under_way[account];
  return [&sim, account = std::move(account), done = std::move(done)](outcome result) {
    if (const auto mine = sim.under_way.find(account); --mine->second == 0)
      sim.under_way.erase(mine);
    done(std::move(result));
  };
}

} // namespace

void handle(world& sim, request received, respond done) {
  if (received.path.starts_with("/sim/")) {
    control_api(sim, received, done);
    return;
  }
  done = counted(sim, received, std::move(done));
  const auto fault =
      sim.faults.strike({false, received.method, received.path, account_of_path(received.path)}, sim.sids);
  if (!fault) {
    done({twilio_api(sim, received)});
    return;
  }
  const auto shared = std::make_shared<const request>(std::move(received));
  after(sim, fault->delay_ms, [&sim, shared, rule = *fault, done = std::move(done)] {
    auto result = std::make_shared<outcome>(process(sim, *shared, rule));
    after(sim, rule.answer_delay_ms, [result, done] { done(std::move(*result)); });
  });
}

} // namespace trunkline::sim
