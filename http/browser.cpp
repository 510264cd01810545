#include "http/browser.hpp"

#include "http/checks/authenticate.hpp"
#include "http/respond.hpp"

namespace trunkline::http {

namespace {

using part = std::shared_ptr<const std::string>;

part make_part(std::string_view text) { return std::make_shared<const std::string>(text); }

/// The first request once more, as far as it says who asks. A refusal ends the stream; that nobody can say now does
/// not.
class second_look final : public exchange {
public:
  second_look(exchange_ptr first, std::shared_ptr<stream> answer)
      : exchange(first->id()), first_(std::move(first)), answer_(std::move(answer)) {}

  std::string_view method() const override { return first_->method(); }
  std::string_view target() const override { return first_->target(); }
  std::string_view body() const override { return {}; }
  std::string_view header(std::string_view name) const override { return first_->header(name); }
  size_t header_count(std::string_view name) const override { return first_->header_count(name); }
  std::string remote_address() const override { return first_->remote_address(); }

  void respond(response answer) override {
    if (answer.status == 401)
      answer_->end();
  }
  std::shared_ptr<stream> respond_streaming(response) override { return nullptr; }

private:
  exchange_ptr first_;
  std::shared_ptr<stream> answer_;
};

class browser final : public actors::event_viewer {
public:
  browser(context& ctx, exchange_ptr request, core::tenant_id company)
      : ctx_(ctx), request_(std::move(request)), company_(std::move(company)) {}

  void begin() override {
    static const auto retry = make_part("retry: 2000\n\n");
    response head{200, "text/event-stream", "", {{"X-Request-Id", request_->id().value}}};
    head.headers.emplace_back("Cache-Control", "no-store");
    head.headers.emplace_back("X-Accel-Buffering", "no"); // a proxy before us must not gather
    answer_ = request_->respond_streaming(std::move(head));
    if (answer_)
      answer_->send(retry);
  }

  void refuse(const core::error& why) override { respond_error(*request_, why); }

  void tell(const actors::event_frame& frame) override {
    if (answer_)
      answer_->send(frame);
  }

  size_t untold() const override { return answer_ ? answer_->unsent() : 0; }
  size_t untold_bytes() const override { return answer_ ? answer_->unsent_bytes() : 0; }

  void ping() override {
    static const auto ping = make_part(": ping\n\n");
    tell(ping);
  }

  void check() override {
    if (!answer_)
      return;
    auto again = std::make_shared<second_look>(request_, answer_);
    checks::authenticate(ctx_, again, [again, answer = answer_, company = company_] {
      const bool may = again->who.role == core::role::platform_admin || again->who.company == company;
      if (!may)
        answer->end();
    });
  }

  bool gone() const override { return !answer_ || answer_->ended(); }
  void end() override {
    if (answer_)
      answer_->end();
  }

private:
  context& ctx_;
  exchange_ptr request_;
  const core::tenant_id company_;
  std::shared_ptr<stream> answer_; ///< none before begin()
};

} // namespace

std::shared_ptr<actors::event_viewer> make_browser(context& ctx, exchange_ptr request, core::tenant_id company) {
  return std::make_shared<browser>(ctx, std::move(request), std::move(company));
}

} // namespace trunkline::http
