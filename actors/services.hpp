#pragma once

#include "actors/alarm_bell.hpp"
#include "actors/number_directory.hpp"
#include "actors/placement.hpp"
#include "actors/store_pool.hpp"
#include "actors/tenant_registry.hpp"
#include "actors/webhook_delivery.hpp"
#include "core/clock.hpp"
#include "core/outgoing.hpp"
#include "core/tenant_config.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trunkline::actors {

struct actor_settings {
  std::string node_name = "n1";
  std::chrono::milliseconds tenant_idle{900'000}; ///< then passivated
  size_t max_active_tenants = 100'000;            ///< beyond it the longest unused go first
  bool durable = true;                            ///< false: answered without being stored, to measure the actor path
  core::doubt_settings doubts;                    ///< when Twilio is asked what became of a message
  core::tenant_id failing_company;                ///< for tests: this company's handler throws always
};

/// What the actors of a node share. Made by the composition root, which outlives them.
struct services {
  actor_settings settings;
  const core::clock& clock;
  tenant_registry& tenants;
  store_pool stores;
  std::vector<inbox_actor> inboxes; ///< a company always has the same one, so its events keep their order
  twilio_actor twilio = {};
  deliver_webhook deliver = {};                        ///< to customers' servers
  placement* elsewhere = nullptr;                      ///< of a node that shares the companies with others
  std::optional<core::platform_account> platform = {}; ///< sends for companies without an account of their own
  /// "https://gw.example.com/hooks/"; known when the listener is, which is before anything is sent.
  std::shared_ptr<std::string> hooks_base = std::make_shared<std::string>();
  std::shared_ptr<alarm_bell> bell = std::make_shared<alarm_bell>(); ///< HEALTH_MONITOR hears it
};

} // namespace trunkline::actors
