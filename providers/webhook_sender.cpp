#include "providers/webhook_sender.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace trunkline::providers {

namespace {

/// How many deliveries are under way to each host.
class host_room {
public:
  explicit host_room(size_t most) : most_(most) {}

  bool enter(const std::string& host) {
    std::lock_guard held(lock_);
    auto& count = under_way_[host];
    return count < most_ && ++count > 0;
  }
  void leave(const std::string& host) {
    std::lock_guard held(lock_);
    const auto found = under_way_.find(host);
    if (--found->second == 0)
      under_way_.erase(found);
  }

private:
  const size_t most_;
  std::mutex lock_;
  std::map<std::string, size_t> under_way_;
};

core::expected<int> status_of(const http_outcome& got) {
  if (const auto* answer = std::get_if<answered>(&got.what))
    return answer->status;
  if (const auto* unknown = std::get_if<fate_unknown>(&got.what))
    return core::fail(core::ec::not_ready, "The server did not answer: " + unknown->detail + ".");
  const auto& left = std::get<not_sent>(got.what);
  if (left.why == not_sent::cause::forbidden_address)
    return core::fail(core::ec::invalid_configuration, "The URL must not lead into a private network.");
  if (left.why == not_sent::cause::malformed)
    return core::fail(core::ec::invalid_configuration, "The request is not valid: " + left.detail + ".");
  return core::fail(core::ec::not_ready, "The webhook was not sent: " + left.detail + ".");
}

class webhook_sender {
public:
  webhook_sender(http_client& client, const webhook_sender_options& options)
      : client_(client),
        deadline_(options.deadline),
        rule_{!client.options().only_public, options.ports},
        room_(std::make_shared<host_room>(options.per_host)) {}

  void send(actors::webhook_delivery delivery) const {
    auto url = read_customer_url(delivery.url, rule_);
    if (!url)
      return delivery.answer(core::fail(std::move(url).error()));
    if (!room_->enter(url->host))
      return delivery.answer(core::fail(core::ec::not_ready, "Other deliveries to the same host are under way."));
    http_request request;
    request.url = std::move(url->text);
    request.method = http_method::post;
    request.headers = std::move(delivery.headers);
    request.body = std::move(delivery.body);
    request.deadline = deadline_;
    client_.start(std::move(request),
                  [room = room_, host = std::move(url->host), answer = delivery.answer](const http_outcome& got) {
                    room->leave(host);
                    answer(status_of(got));
                  });
  }

private:
  http_client& client_;
  const std::chrono::milliseconds deadline_;
  const customer_url_rule rule_;
  const std::shared_ptr<host_room> room_;
};

} // namespace

actors::deliver_webhook make_webhook_sender(http_client& client, const webhook_sender_options& options) {
  return [sender = std::make_shared<webhook_sender>(client, options)](actors::webhook_delivery delivery) {
    sender->send(std::move(delivery));
  };
}

} // namespace trunkline::providers
