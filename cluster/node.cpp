#include "cluster/node.hpp"

#include "actors/event_reader.hpp"
#include "actors/local_gateway.hpp"
#include "actors/outbox_watch.hpp"
#include "cluster/crew.hpp"
#include "cluster/database_probe.hpp"
#include "cluster/directory_watch.hpp"
#include "cluster/jwt_key.hpp"
#include "cluster/newest.hpp"
#include "cluster/open_files.hpp"
#include "cluster/outage_start.hpp"
#include "cluster/seat.hpp"
#include "config/load.hpp"
#include "config/log.hpp"
#include "http/routes.hpp"
#include "http/server.hpp"
#include "http/shapes/event.hpp"
#include "persistence/database.hpp"
#include "persistence/master_keys.hpp"
#include "providers/webhook_sender.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>
#include <unistd.h>

namespace trunkline::cluster {

namespace {

/// The actor system with the settings that CAF's own defaults get wrong in a container.
struct system_config : caf::actor_system_config {
  system_config(size_t threads, bool with_others) {
    set("scheduler.policy", caf::atom("stealing"));
    set("scheduler.max-threads", threads);
    if (with_others)
      load_network(*this);
  }
};

size_t scheduler_threads(const config::settings& settings) {
  // The other half is for the front end's and the database's threads, which do more for a webhook than a TENANT does.
  return settings.scheduler_threads > 0 ? settings.scheduler_threads
                                        : std::max(1u, std::thread::hardware_concurrency() / 2);
}

size_t io_threads(const config::settings& settings) {
  return settings.io_threads > 0 ? settings.io_threads : std::max(2u, std::thread::hardware_concurrency() / 2);
}

std::optional<core::platform_account> platform_for_companies(const config::settings& settings) {
  return settings.platform_use == config::platform_use::all ? settings.platform : std::nullopt;
}

/// What Twilio signs; of a listener on any free port it is only known once that is bound.
core::expected<void> set_public_url(http::front_end_settings& front, const std::string& text) {
  auto address = twilio::public_url::parse(text);
  if (!address)
    return core::fail(std::move(address).error());
  front.hooks_base = address->str() + "/hooks/";
  front.public_url = std::move(*address);
  return {};
}

/// Whoever only administers the database is not one of its nodes.
config::settings for_doors(config::settings settings, node::doors open) {
  if (open == node::doors::api)
    settings.cluster_listen = {};
  return settings;
}

} // namespace

/// Members are built from top to bottom and fall in the other order.
struct node::impl {
  const config::settings settings;
  const core::clock& clock;
  std::unique_ptr<persistence::database> db;
  std::optional<persistence::vault> keys;
  actors::number_directory numbers;
  actors::tenant_registry tenants;
  std::unique_ptr<persistence::change_feed> changes; ///< of a node in a cluster, until it has joined
  std::atomic<bool> stopping{false};
  providers::http_client to_twilio;
  /// Apart from Twilio's: a customer's server that hangs takes no room from it.
  providers::http_client to_customers;
  /// Where the operator wants to hear of alerts, inside of his own network if he likes.
  std::unique_ptr<providers::http_client> to_operator;
  system_config caf_config;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<actors::deadline_sweep> deadlines;
  std::shared_ptr<const actors::services> services;
  actors::shards_actor shards;
  actors::health_monitor_actor health;
  actors::outbox_watch_actor watch;
  connection_limits connections;
  std::unique_ptr<actors::event_reader> events;
  std::unique_ptr<actors::local_gateway> gateway;
  company_map companies;
  std::unique_ptr<cluster::seat> seat;
  std::unique_ptr<database_probe> probe;
  newest<http::checks::jwt_verifier> tokens;
  std::unique_ptr<http::context> web;
  std::unique_ptr<http::server> webhooks, api;

  impl(config::settings s, const core::clock& c, doors open)
      : settings(for_doors(std::move(s), open)),
        clock(c),
        numbers(platform_for_companies(settings)),
        to_customers({.only_public = !settings.outgoing_allow_private}),
        caf_config(scheduler_threads(settings), in_cluster()) {}

  bool in_cluster() const { return !settings.cluster_listen.host.empty(); }

  core::expected<void> open_database();
  core::expected<void> read_directory();
  core::expected<void> count_connections();
  void begin_events();
  void spawn_actors();
  core::expected<void> join_cluster();
  core::expected<void> take_jwt_key(const config::settings& from);
  core::expected<void> listen(core::secret admin_key, doors open);
  void stop();
};

core::expected<void> node::impl::open_database() {
  auto opened = persistence::database::open({settings.database.reveal(), settings.statement_deadline});
  if (!opened)
    return core::fail(std::move(opened).error());
  db = std::move(*opened);
  if (auto migrated = db->migrate(); !migrated)
    return core::fail(std::move(migrated).error());
  auto vault = persistence::vault::open(*db, settings.master_key_file, settings.master_key);
  if (!vault)
    return core::fail(std::move(vault).error());
  keys.emplace(std::move(*vault));
  return {};
}

core::expected<void> node::impl::read_directory() {
  // Begun before: what others change while this node reads and joins is told by the feed afterwards, so none is missed.
  if (in_cluster())
    changes = begin_feed(*db);
  return persistence::make_stores(*db, *keys).tenants->for_each_door([this](persistence::tenant_door row) {
    if (row.quarantined)
      tenants.with_slot(row.tenant, [](actors::tenant_slot& slot) {
        slot.phase = actors::tenant_phase::quarantined;
        slot.crashes = std::make_unique<actors::tenant_slot::crash_record>();
        slot.crashes->last_error = {"quarantined", "Quarantined before this node started.", {}};
      });
    numbers.put(std::move(row));
  });
}

core::expected<void> node::impl::count_connections() {
  const auto counted = connections_within(raise_open_files(), settings.live_viewers);
  if (!counted)
    return core::fail(counted.error());
  connections = *counted;
  return {};
}

void node::impl::begin_events() {
  actors::event_reader::parts parts{persistence::make_event_store(*db), persistence::make_event_news(*db), clock,
                                    [this](const actors::told_event& event) {
                                      const auto text = http::shapes::write_event(event, clock.now());
                                      return std::make_shared<const std::string>(text);
                                    }};
  parts.settings.most_viewers = connections.live_viewers;
  parts.settings.most_of_a_company = std::max<size_t>(connections.live_viewers / 5, 1);
  events = std::make_unique<actors::event_reader>(std::move(parts));
}

void node::impl::spawn_actors() {
  system = std::make_unique<caf::actor_system>(caf_config);
  deadlines = std::make_unique<actors::deadline_sweep>(settings.request_deadline);
  if (!settings.alerts_webhook_url.empty())
    to_operator = std::make_unique<providers::http_client>();
  auto crew = spawn_crew({*system, *db, *keys, settings, clock, tenants, numbers.platform_usable(), to_twilio,
                          providers::make_webhook_sender(to_customers), numbers,
                          to_operator ? providers::make_webhook_sender(*to_operator) : actors::deliver_webhook(),
                          stopping, in_cluster() ? &companies : nullptr});
  services = std::move(crew.services);
  shards = std::move(crew.shards);
  health = std::move(crew.health);
  gateway = std::make_unique<actors::local_gateway>(
      actors::local_gateway::parts{services, shards, numbers, *deadlines, std::move(crew.vitals), clock.now(), health,
                                   [] { kill(getpid(), SIGTERM); }, events.get()});
  services->stores.ask(actors::purge_removed{});
  probe = std::make_unique<database_probe>(
      [this](actors::reply<int64_t> answer) {
        deadlines->watch(answer.watched());
        services->stores.ask(actors::ping_database{std::move(answer)});
      },
      [this](bool up) { gateway->database_is(up); });
}

core::expected<void> node::impl::join_cluster() {
  if (!in_cluster())
    return {};
  auto taken = seat::take({settings, *system, clock, *db, *keys, companies, services, shards, *gateway, numbers},
                          std::move(changes));
  if (!taken)
    return core::fail(std::move(taken).error());
  seat = std::move(*taken);
  gateway->in_cluster(seat->office());
  return {};
}

core::expected<void> node::impl::take_jwt_key(const config::settings& from) {
  auto made = read_jwt_key(from);
  if (!made)
    return core::fail(std::move(made).error());
  tokens.store(std::make_shared<const http::checks::jwt_verifier>(std::move(*made)));
  return {};
}

core::expected<void> node::impl::listen(core::secret admin_key, doors open) {
  web = std::make_unique<http::context>(http::front_end_settings{}, *gateway, clock);
  web->settings.default_country = settings.default_country;
  web->settings.mock_mode = settings.mock_mode;
  web->settings.admin_key = std::move(admin_key);
  web->settings.tokens = [this] { return tokens.load(); };
  web->settings.secure_cookies = !settings.api_listen.is_loopback();
  web->settings.max_in_flight = static_cast<uint32_t>(settings.webhooks_in_flight);
  if (!settings.public_url.empty())
    if (auto done = set_public_url(web->settings, settings.public_url); !done)
      return done;

  http::listener_settings hooks;
  hooks.max_connections = connections.webhooks;
  hooks.address = settings.listen.host, hooks.port = settings.listen.port, hooks.threads = io_threads(settings);
  hooks.on_bound = [this](uint16_t port) {
    if (settings.public_url.empty())
      set_public_url(web->settings, config::derived_public_url({settings.listen.host, port}));
  };
  http::listener_settings admin;
  admin.address = settings.api_listen.host, admin.port = settings.api_listen.port;
  admin.max_connections = connections.api + connections.live_viewers;

  // RESTinio closes without an answer when its own patience ends, so ours must end first: an API request asks at most
  // eight questions in a row (a PUT of a configuration with a key that is not known yet).
  hooks.handle_timeout = settings.request_deadline + std::chrono::seconds(5);
  // A run of health checks takes up to 15 s.
  admin.handle_timeout = std::max<std::chrono::milliseconds>(8 * settings.request_deadline, std::chrono::seconds(15)) +
                         std::chrono::seconds(5);

  for (auto [server, where, routes] :
       {std::tuple(&api, &admin, &http::api_routes), std::tuple(&webhooks, &hooks, &http::webhook_routes)}) {
    if (server == &webhooks && open == doors::api)
      continue;
    auto started = http::server::start(*where, http::serve(*web, routes(*web)));
    if (!started)
      return core::fail(std::move(started).error());
    *server = std::move(*started);
  }
  *services->hooks_base = web->settings.hooks_base;
  if (open == doors::all)
    watch = system->spawn(actors::outbox_watch, services, shards);
  return {};
}

/// Nobody may be asked any more, then nobody may run any more, and only then may what they use go. CAF keeps the thread
/// of a detached actor until the last handle of it is gone, so all handles go before the system.
void node::impl::stop() {
  for (auto* server : {webhooks.get(), api.get()})
    if (server)
      server->stop();
  events.reset();
  probe.reset();
  // What they end is told to actors that are still there. Whether a message may still leave is asked of the seat.
  to_twilio.stop();
  to_customers.stop();
  seat.reset();
  if (to_operator)
    to_operator->stop();
  if (!system)
    return;
  stopping = true;
  if (watch)
    end(caf::actor_cast<caf::actor>(std::exchange(watch, nullptr)));
  end(caf::actor_cast<caf::actor>(std::exchange(shards, nullptr)));
  services->bell->answered_by({});
  end(caf::actor_cast<caf::actor>(std::exchange(health, nullptr)));
  end(caf::actor_cast<caf::actor>(services->twilio));
  for (const auto& inbox : services->inboxes)
    end(caf::actor_cast<caf::actor>(inbox));
  for (const auto& worker : services->stores.workers())
    end(caf::actor_cast<caf::actor>(worker));
  // SHARDS may have spawned another TENANT with its last message, so look until none is left.
  while (system->registry().running() > 0) {
    tenants.for_each([](actors::tenant_slot& slot) {
      if (slot.actor)
        end(caf::actor_cast<caf::actor>(std::exchange(slot.actor, nullptr)));
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  deadlines.reset();
  gateway.reset();
  companies.end();
  services.reset();
  system.reset();
}

node::node(std::unique_ptr<impl> body) : impl_(std::move(body)) {}
node::~node() { impl_->stop(); }

core::expected<std::unique_ptr<node>> node::start(const config::settings& settings, core::secret admin_key,
                                                  const core::clock& clock, doors open) {
  auto body = std::make_unique<impl>(settings, clock, open);
  core::expected<void> done = body->take_jwt_key(settings);
  if (done)
    done = open_patiently(settings, [&] { return body->open_database(); });
  if (done && open == doors::all)
    done = drain_what_was_left(settings, *body->db);
  if (done)
    done = body->read_directory();
  if (done)
    done = body->count_connections();
  if (done) {
    body->begin_events();
    body->spawn_actors();
    done = body->join_cluster();
  }
  if (done)
    done = body->listen(std::move(admin_key), open);
  if (!done) {
    body->stop();
    return core::fail(std::move(done).error());
  }
  return std::unique_ptr<node>(new node(std::move(body)));
}

void node::reload(const config::settings& settings) {
  if (auto read = impl_->take_jwt_key(settings); !read)
    log::error(log::no_request, "the key of JSON Web Tokens stays as it is: {}", read.error().detail);
  if (auto read = impl_->keys->keys().reload(); !read)
    log::error(log::no_request, "the master keys stay as they are: {}", read.error().detail);
}

std::string node::webhook_url() const { return impl_->webhooks->url(); }
std::string node::api_url() const { return impl_->api->url(); }
size_t node::companies() const { return impl_->numbers.companies(); }

/// First only says so, at /readyz and by closing every connection after its next answer: whoever sends traffic has a
/// moment to notice and goes elsewhere without an error. Then nobody new is let in, on the API neither, for what is cut
/// off there may have been done all the same. Those who came last have a moment to send their request.
void node::drain(std::chrono::milliseconds patience) {
  constexpr auto to_notice = std::chrono::milliseconds(250), to_send = std::chrono::milliseconds(100),
                 to_answer = std::chrono::milliseconds(5'000);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  const auto servers = {impl_->webhooks.get(), impl_->api.get()};
  impl_->gateway->drain();
  for (auto* server : servers)
    server->close_after_answers();
  std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(to_notice, patience));
  if (impl_->seat) // while we still answer, or forward
    impl_->seat->leave(
        std::chrono::duration_cast<std::chrono::milliseconds>(give_up - std::chrono::steady_clock::now()) - to_answer);
  impl_->events->close(); // browsers come back elsewhere, and hear there what they have missed
  for (auto* server : servers)
    server->refuse_connections();
  std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(to_send, patience));
  const auto busy = [&] {
    return std::any_of(servers.begin(), servers.end(), [](auto* server) { return server->unanswered() > 0; });
  };
  while (busy() && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

} // namespace trunkline::cluster
