#include "http/handlers/webhook.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"
#include "http/respond.hpp"

#include <charconv>
#include <chrono>

namespace trunkline::http::handlers {

namespace {

core::counter answered("trunkline_webhooks_total", "Webhooks by outcome", "result", "answered");
core::counter refused("trunkline_webhooks_total", "Webhooks by outcome", "result", "refused");
core::counter overloaded("trunkline_webhooks_total", "Webhooks by outcome", "result", "overloaded");
core::counter failed("trunkline_webhooks_total", "Webhooks by outcome", "result", "failed");
core::histogram answer_seconds("trunkline_webhook_seconds", "From the door to the answer");
core::gauge in_flight("trunkline_webhooks_in_flight", "Webhooks between the door and their answer");

/// The last capture but the token: a step of the fallback chain, or the number of an attempt to send; -1 for none. What
/// is no number is a path that does not exist.
std::optional<int> step_of(const exchange& request) {
  if (request.captures.size() < 2)
    return -1;
  const auto text = request.captures.back();
  const size_t longest = request.captures.size() == 2 ? 2 : 6;
  int step = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
  if (error != std::errc{} || end != text.data() + text.size() || step < 0 || text.size() > longest)
    return std::nullopt;
  return step;
}

/// False when the node has as much in hand as it may have; the caller is told to come again.
bool admit(context& ctx) {
  if (ctx.in_flight.fetch_add(1, std::memory_order_relaxed) < ctx.settings.max_in_flight) {
    in_flight.add(1);
    return true;
  }
  ctx.in_flight.fetch_sub(1, std::memory_order_relaxed);
  overloaded.add();
  return false;
}

class released {
public:
  explicit released(context& ctx) : ctx_(ctx) {}
  ~released() {
    in_flight.add(-1);
    ctx_.in_flight.fetch_sub(1, std::memory_order_release);
  }
  released(const released&) = delete;
  released& operator=(const released&) = delete;

private:
  context& ctx_;
};

void finish(context& ctx, exchange& request, core::expected<core::webhook_answer> answer,
            std::chrono::steady_clock::time_point begun) {
  const released release(ctx); // after the answer: a node that drains waits for it
  answer_seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  if (!answer) {
    failed.add();
    log::error(request.id(), "webhook not answered: {} {}", core::to_string(answer.error().code),
               answer.error().detail);
    return respond_error(request, answer.error());
  }
  answered.add();
  request.respond({answer->status, std::move(answer->content_type), std::move(answer->body), {}});
}

} // namespace

std::function<void(const exchange_ptr&)> webhook(context& ctx, core::webhook_kind kind) {
  return [&ctx, kind](const exchange_ptr& request) {
    const auto step = step_of(*request);
    if (!step)
      return respond_error(*request, {core::ec::not_found, "", "", {}});
    const auto token = request->captures.empty() ? std::string_view{} : request->captures[0];
    const auto message = request->captures.size() == 3 ? std::string(request->captures[1]) : std::string();
    if (!message.empty() && !core::is_public_id(message, "msg_"))
      return respond_error(*request, {core::ec::not_found, "", "", {}});
    auto job = checks::webhook_door(ctx, *request, {kind, token, *step, core::message_id(message)});
    if (!job) {
      refused.add();
      return respond_error(*request, job.error());
    }
    if (!admit(ctx))
      return respond_error(*request, {core::ec::overloaded, "Too many webhooks at once. Try again.", "", {}});
    job->reply = actors::webhook_reply([&ctx, request, begun = std::chrono::steady_clock::now()](auto answer) {
      finish(ctx, *request, std::move(answer), begun);
    });
    ctx.actors.dispatch(std::move(*job));
  };
}

} // namespace trunkline::http::handlers
