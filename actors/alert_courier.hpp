#pragma once

#include "actors/on_self.hpp"
#include "actors/services.hpp"

#include <memory>
#include <optional>
#include <string>

namespace trunkline::actors {

/// Who is told of alerts, outside.
struct alert_receiver {
  std::string url;
  core::secret key; ///< of Standard Webhooks
  deliver_webhook deliver;
};

/// Tells the outside what lies in the database to be told, again and ever later until it is heard. Looks there when
/// there is something new, when a repetition is due, and every 10 s for what another node, or this one before it was
/// restarted, has left.
class alert_courier {
public:
  static constexpr size_t at_once = 4;

  alert_courier(std::shared_ptr<const services> node, on_self post, std::optional<alert_receiver> receiver)
      : node_(std::move(node)), post_(std::move(post)), receiver_(std::move(receiver)) {}

  void look_soon() { look_at_ = {}; }
  void look();

private:
  void send(const core::alert_delivery& one);
  void sent(const core::alert_delivery& one, const core::expected<int>& status);
  void finish(const core::alert_delivery& one, std::optional<std::chrono::milliseconds> again_in,
              const std::string& why = {});

  const std::shared_ptr<const services> node_;
  const on_self post_;
  const std::optional<alert_receiver> receiver_;
  core::timestamp look_at_;
  std::optional<core::timestamp> repeat_at_; ///< of what is to be repeated first
  size_t under_way_ = 0;                     ///< questions and deliveries
};

} // namespace trunkline::actors
