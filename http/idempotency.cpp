#include "http/idempotency.hpp"

#include "core/token_hash.hpp"
#include "http/ask.hpp"
#include "http/respond.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace trunkline::http {

namespace {

constexpr std::string_view header_name = "Idempotency-Key";
constexpr std::string_view kept_headers[] = {"ETag", "Location"};

/// Refusals that say nothing about the request itself are not kept: the next try may fare better.
bool is_kept(int status) { return status != 400 && status != 401 && status != 403 && status != 429 && status != 503; }

/// status, content type, then name and value of each header, a line each; an empty line; the body.
std::string to_text(const response& answer) {
  auto text = fmt::format("{}\n{}\n", answer.status, answer.content_type);
  for (const auto& [name, value] : answer.headers)
    if (std::find(std::begin(kept_headers), std::end(kept_headers), name) != std::end(kept_headers))
      text += fmt::format("{}\n{}\n", name, value);
  return text + "\n" + answer.body;
}

std::string take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

response from_text(std::string_view text, const core::request_id& request) {
  response answer;
  const auto status = take_line(text);
  std::from_chars(status.data(), status.data() + status.size(), answer.status);
  answer.content_type = take_line(text);
  for (auto name = take_line(text); !name.empty(); name = take_line(text))
    answer.headers.emplace_back(name, take_line(text));
  answer.headers.emplace_back("Idempotency-Replayed", "true");
  answer.headers.emplace_back("X-Request-Id", request.value);
  answer.body = text;
  return answer;
}

/// The first request with its key: what it is answered is kept before it leaves.
class kept_exchange final : public exchange {
public:
  kept_exchange(context& ctx, exchange_ptr inner, std::string scope, std::string key, core::timestamp first_at)
      : exchange(inner->id()), ctx_(ctx), inner_(std::move(inner)), scope_(std::move(scope)), key_(std::move(key)) {
    captures = inner_->captures;
    who = inner_->who;
    once = fmt::format("{}\n{}\n{}", scope_, key_, first_at.ms);
  }
  ~kept_exchange() override { settle({}, nullptr); } // whoever forgot to answer: the next may try
  kept_exchange(const kept_exchange&) = delete;
  kept_exchange& operator=(const kept_exchange&) = delete;

  std::string_view method() const override { return inner_->method(); }
  std::string_view target() const override { return inner_->target(); }
  std::string_view body() const override { return inner_->body(); }
  std::string_view header(std::string_view name) const override { return inner_->header(name); }
  size_t header_count(std::string_view name) const override { return inner_->header_count(name); }
  std::string remote_address() const override { return inner_->remote_address(); }

  void respond(response answer) override {
    auto kept = is_kept(answer.status) ? to_text(answer) : std::string();
    settle(std::move(kept), std::make_shared<response>(std::move(answer)));
  }

  /// Nothing that is created is answered so.
  std::shared_ptr<stream> respond_streaming(response) override { return nullptr; }

private:
  /// If the answer can not be kept, it is still true.
  void settle(std::string kept, const std::shared_ptr<response>& answer) {
    if (done_.exchange(true))
      return;
    ctx_.actors.ask(actors::finish_idempotent{
        scope_, key_, std::move(kept), actors::reply<void>([inner = inner_, answer](auto stored) {
          if (!stored)
            log::warn(inner->id(), "an idempotent answer was not kept: {}", stored.error().detail);
          if (answer)
            inner->respond(std::move(*answer));
        })});
  }

  context& ctx_;
  exchange_ptr inner_;
  const std::string scope_, key_;
  std::atomic<bool> done_{false};
};

bool is_valid(std::string_view key) {
  constexpr size_t longest = 255;
  return !key.empty() && key.size() <= longest &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

} // namespace

void carry_out(context& ctx, const route& route, const exchange_ptr& request) {
  const auto times = route.creates ? request->header_count(header_name) : 0;
  if (times == 0)
    return route.handle(request);
  const std::string key(request->header(header_name));
  if (times > 1 || !is_valid(key))
    return respond_error(*request, {core::ec::invalid_idempotency_key, "", "", {}});
  const auto& company = request->who.company.value;
  auto scope = fmt::format("{} {} {}", company.empty() ? "platform" : company, request->method(), request->path());
  ctx.actors.ask(actors::begin_idempotent{
      scope, key, core::token_hash(request->body()),
      reply_to<core::idempotent_start>(
          request, [&ctx, &route, request, scope, key](exchange& asked, const auto& begun) {
            if (begun.answer)
              return asked.respond(from_text(*begun.answer, asked.id()));
            route.handle(std::make_shared<kept_exchange>(ctx, request, scope, key, begun.first_at));
          })});
}

} // namespace trunkline::http
