#include "sim/outgoing.hpp"

#include "sim/json_writer.hpp"
#include "twilio/form.hpp"
#include "twilio/signature.hpp"

namespace trunkline::sim {

namespace {

constexpr size_t kept_body = 16 * 1024; // of an answer, in the ledger

http_call prepare(world& sim, const webhook& hook, webhook_target target, const core::secret& token) {
  http_call call;
  call.method = hook.method;
  const auto encoded = twilio::form_encode(hook.params);
  std::string signature;
  if (hook.method == "GET") {
    const char* mark = target.path.find('?') == std::string::npos ? "?" : "&";
    target.path += mark + encoded;
    target.signed_url += mark + encoded;
    signature = twilio::sign(token, target.signed_url);
  } else {
    call.body = encoded;
    call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
    signature = twilio::sign(token, target.signed_url, twilio::form::from_pairs(hook.params).fields());
  }
  if (hook.signature)
    signature = *hook.signature;
  if (!signature.empty())
    call.headers.emplace_back("X-Twilio-Signature", std::move(signature));
  call.headers.emplace_back("I-Twilio-Idempotency-Token", sim.sids.uuid());
  call.headers.emplace_back("User-Agent", "TwilioProxy/1.1");
  call.headers.emplace_back("Accept", "*/*");
  call.target = std::move(target);
  return call;
}

void record(world& sim, const webhook& hook, const http_answer& answer) {
  json_writer json;
  json.object().field("type", hook.type).field("method", hook.method).field("url", hook.url).key("params").object();
  for (const auto& [name, value] : hook.params)
    json.field(name, value);
  json.end_object().field("status", answer.status).text_or_null("error", answer.problem);
  json.field("body", std::string_view(answer.body).substr(0, kept_body)).field("durationMs", answer.duration_ms);
  json.field("attempts", answer.attempts).end_object();
  sim.book.add(sim.clock.now(), "webhook", hook.account, hook.sid, std::move(json).text());
}

} // namespace

void send_webhook(world& sim, webhook hook, std::function<void(const http_answer&)> done) {
  const auto finish = [&sim, done = std::move(done)](const webhook& sent, const http_answer& answer) {
    record(sim, sent, answer);
    if (done)
      done(answer);
  };
  const auto* owner = sim.data.find_account(hook.account);
  auto target = resolve_target(hook.url, sim.address);
  if (!owner || !target) {
    finish(hook, {0, {}, {}, owner ? target.error() : std::string("no such account")});
    return;
  }
  auto call = prepare(sim, hook, std::move(*target), owner->auth_token);
  sim.out.send(std::move(call), [finish, hook = std::move(hook)](const http_answer& answer) { finish(hook, answer); });
}

void send_callback(world& sim, webhook hook, std::function<void()> done) {
  const auto path_at = hook.url.find('/', hook.url.find("://") + 3);
  const auto path = path_at == std::string::npos ? std::string("/") : hook.url.substr(path_at);
  const auto fault = sim.faults.strike({true, hook.method, path, hook.account}, sim.sids);
  if (!fault) {
    send_webhook(sim, std::move(hook), [done = std::move(done)](const http_answer&) { done(); });
    return;
  }
  if (fault->kind == fault_kind::duplicate)
    send_webhook(sim, hook, {});
  // A dropped or late callback does not hold up the next one: that is how they get lost and overtaken.
  if (fault->kind == fault_kind::delay)
    sim.out.after(std::chrono::milliseconds(fault->delay_ms),
                  [&sim, hook = std::move(hook)]() mutable { send_webhook(sim, std::move(hook), {}); });
  else if (fault->kind == fault_kind::duplicate)
    send_webhook(sim, std::move(hook), {});
  done();
}

} // namespace trunkline::sim
