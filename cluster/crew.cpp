#include "cluster/crew.hpp"

#include "actors/health_monitor.hpp"
#include "actors/inbox.hpp"
#include "actors/shards.hpp"
#include "actors/store.hpp"
#include "cluster/outage_start.hpp"
#include "config/log.hpp"
#include "persistence/journaled_inbox.hpp"
#include "providers/twilio_client.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <thread>

namespace trunkline::cluster {

namespace {

actors::actor_settings limits_of(const config::settings& settings) {
  actors::actor_settings limits;
  limits.node_name = settings.node_name;
  limits.tenant_idle = settings.idle_passivation;
  limits.max_active_tenants = settings.max_active_tenants;
  limits.durable = settings.inbox_durable;
  const auto ms = [](std::chrono::seconds time) { return std::chrono::milliseconds(time).count(); };
  limits.doubts = {ms(settings.outbox_first_look), ms(settings.outbox_list_lag) / 3, ms(settings.outbox_list_lag),
                   ms(settings.outbox_give_up)};
  limits.failing_company = core::tenant_id(settings.failing_company);
  return limits;
}

/// Whoever asks through the gateway is to hear that it was Twilio who did not answer, not that nobody did.
std::chrono::milliseconds twilio_deadline(const config::settings& settings) {
  return std::min<std::chrono::milliseconds>(std::chrono::seconds(10), settings.request_deadline * 9 / 10);
}

/// SQLite has one writer. PostgreSQL commits one batch while it takes in the next, which is a gain where processors are
/// idle meanwhile; where they are not, smaller batches only cost more.
size_t count_of_inbox_workers(const config::settings& settings, persistence::dialect kind) {
  if (kind == persistence::dialect::sqlite)
    return 1;
  if (settings.inbox_workers > 0)
    return settings.inbox_workers;
  return std::thread::hardware_concurrency() < 4 ? 1 : 2;
}

/// SQLite is a file on the same disk, so only PostgreSQL has a journal in front of it.
std::shared_ptr<persistence::inbox_store> inbox_session(const workplace& at, size_t worker, size_t workers) {
  auto database = persistence::make_inbox_store(at.db);
  if (at.db.kind() == persistence::dialect::sqlite || at.settings.inbox_journal_mb == 0)
    return database;
  persistence::journaled_inbox_settings kept{journal_home(at.settings) / std::to_string(worker)};
  kept.limits.bytes = (uint64_t(at.settings.inbox_journal_mb) << 20) / workers;
  auto with_journal = persistence::journaled_inbox::open(std::move(database), std::move(kept));
  if (with_journal)
    return std::move(*with_journal);
  log::error(log::no_request, "no journal: {}", with_journal.error().detail);
  return persistence::make_inbox_store(at.db);
}

actors::health_monitor_parts health_parts(const workplace& at, const crew& made,
                                          std::shared_ptr<actors::vitals> pulse) {
  actors::health_monitor_parts parts{made.services,
                                     at.numbers,
                                     at.settings.platform,
                                     at.db.kind() == persistence::dialect::sqlite ? "sqlite" : "postgresql",
                                     at.settings.health_interval,
                                     {},
                                     {},
                                     std::move(pulse)};
  parts.companies.interval = at.settings.health_company_interval;
  parts.companies.first_retry = std::min<std::chrono::milliseconds>(std::chrono::seconds(60), parts.companies.interval);
  parts.companies.per_second = at.settings.health_checks_per_second;
  if (at.deliver_alerts)
    parts.receiver =
        actors::alert_receiver{at.settings.alerts_webhook_url, at.settings.alerts_webhook_key, at.deliver_alerts};
  return parts;
}

/// Whoever rings the bell is heard by the monitor until the bell is silenced.
void answer_bell(actors::alarm_bell& bell, const actors::health_monitor_actor& monitor) {
  bell.answered_by([monitor](actors::alarm_bell::alarm alarm) {
    std::visit([&](auto& message) { caf::anon_send(monitor, std::move(message)); }, alarm);
  });
}

} // namespace

crew spawn_crew(const workplace& at, const on_loss& lost) {
  crew made;
  const auto pulse = [&](const char* kind, std::string id) {
    return made.vitals.emplace_back(std::make_shared<actors::vitals>(kind, std::move(id), at.clock.now()));
  };
  const auto watched = [&](auto actor, const char* name) {
    return indispensable(std::move(actor), name, at.stopping, lost);
  };

  std::vector<actors::store_actor> stores;
  for (size_t i = 1; i <= at.settings.store_workers; ++i) {
    auto session = std::make_shared<persistence::store_set>(persistence::make_stores(at.db, at.keys));
    stores.push_back(watched(at.system.spawn<caf::detached>(actors::store, std::move(session),
                                                            pulse("STORE", "store-" + std::to_string(i)), &at.clock,
                                                            at.platform_usable),
                             "STORE"));
  }
  const size_t inbox_workers = count_of_inbox_workers(at.settings, at.db.kind());
  std::vector<actors::inbox_actor> inboxes;
  for (size_t i = 1; i <= inbox_workers; ++i) {
    inboxes.push_back(watched(at.system.spawn<caf::detached>(actors::inbox, inbox_session(at, i, inbox_workers),
                                                             pulse("INBOX", "inbox-" + std::to_string(i)), &at.clock),
                              "INBOX"));
  }
  const providers::twilio_client_parts parts{at.to_twilio, at.settings.twilio_api_url, twilio_deadline(at.settings),
                                             at.clock, pulse("TWILIO", "twilio")};
  const auto twilio = watched(at.system.spawn(providers::twilio_client, parts), "TWILIO");
  made.services = std::make_shared<const actors::services>(
      actors::services{limits_of(at.settings), at.clock, at.tenants, actors::store_pool(std::move(stores)),
                       std::move(inboxes), twilio, at.deliver, at.elsewhere, at.numbers.platform()});
  made.shards = watched(at.system.spawn(actors::shards, made.services, pulse("SHARDS", "shards")), "SHARDS");
  // A thread of its own: what it does for 100,000 companies at once must not hold up their webhooks.
  made.health = watched(at.system.spawn<caf::detached>(
                            actors::health_monitor, health_parts(at, made, pulse("HEALTH_MONITOR", "health-monitor"))),
                        "HEALTH_MONITOR");
  answer_bell(*made.services->bell, made.health);
  return made;
}

void end(const caf::actor& actor) {
  caf::anon_send<caf::message_priority::high>(actor, caf::exit_msg{actor.address(), caf::exit_reason::user_shutdown});
}

} // namespace trunkline::cluster
