#include "cluster/seat.hpp"

#include "cluster/bounded_network.hpp"
#include "cluster/canary.hpp"
#include "cluster/codec.hpp"
#include "cluster/crew.hpp"
#include "cluster/directory_watch.hpp"
#include "cluster/doorway.hpp"
#include "cluster/gatekeeper.hpp"
#include "cluster/membership.hpp"
#include "cluster/newest.hpp"
#include "cluster/rendezvous.hpp"
#include "cluster/switchboard.hpp"
#include "config/log.hpp"
#include "health/causes.hpp"

#include <caf/io/middleman.hpp>
#include <caf/send.hpp>
#include <sodium.h>

#include <cstdlib>
#include <future>
#include <unistd.h>

namespace trunkline::cluster {

namespace {

using namespace std::chrono_literals;

constexpr int64_t canary_patience_ms = 3'000;

/// The supervisor starts it anew; nothing of what this process believes may be acted on any more.
[[noreturn]] void end_as_dead(const std::string& reason) {
  log::error(log::no_request, "this node has been declared dead: {}. It ends, to be started anew.", reason);
  log::finish_background();
  _exit(declared_dead);
}

/// Until it handles no message any more.
void end_and_wait(const caf::actor& actor) {
  const auto gone = std::make_shared<std::promise<void>>();
  caf::actor_cast<caf::abstract_actor*>(actor)->attach_functor([gone](const caf::error&) { gone->set_value(); });
  end(actor);
  gone->get_future().wait_for(5s);
}

} // namespace

void load_network(caf::actor_system_config& config) {
  config.load<caf::io::middleman, bounded_multiplexer>();
  config.set("middleman.heartbeat-interval", caf::timespan(1s));
  config.set("middleman.connection-timeout", caf::timespan(5s));
  config.set("middleman.app-identifiers", std::vector<std::string>{"trunkline-" + std::to_string(protocol)});
  config.set("middleman.workers", size_t(1));
  register_envelope(config);
  // A node's id is made of its network cards and its process number, which two containers may share, and of a counter:
  // each call moves it on. Those that are the same all the same are refused when they join.
  for (auto skip = randombytes_uniform(256); skip > 0; --skip)
    caf::node_id::default_data::local(config);
}

/// Members fall in the other order.
struct seat::impl {
  const parts with;
  const std::string caf_node;
  std::atomic<int64_t> me{0};
  std::shared_ptr<canary_song> song = std::make_shared<canary_song>();
  canary_actor bird;
  gatekeeper_actor gate;
  newest_view view{std::make_shared<const core::cluster_view>()};
  std::shared_ptr<doorway> door = std::make_shared<doorway>();
  std::unique_ptr<peers> others;
  std::unique_ptr<switchboard> board;
  std::unique_ptr<membership> place;
  std::unique_ptr<directory_watch> watch;
  std::atomic<bool> may_judge{false}; ///< between joining and leaving

  explicit impl(parts p) : with(std::move(p)), caf_node(caf::to_string(with.system.node())) {}
  ~impl();
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  core::expected<void> open_gate(config::endpoint& reachable);
  core::expected<void> join(const config::endpoint& reachable, std::unique_ptr<persistence::change_feed> changes);
  membership_settings wanted_place(const config::endpoint& reachable) const;
  membership_hooks hooks();
  void view_changed(const std::shared_ptr<const core::cluster_view>& next);
  void let_go(const std::vector<int>& shards, std::function<void()> stopped);
  void tell_of_lost(const core::cluster_view& before, const core::cluster_view& now) const;
};

/// First nobody may call us, then what is called may go.
seat::impl::~impl() {
  door->close();
  watch.reset();
  place.reset();
  if (bird)
    end(caf::actor_cast<caf::actor>(bird));
  if (gate) {
    with.system.middleman().unpublish(gate);
    end_and_wait(caf::actor_cast<caf::actor>(gate));
  }
  others.reset();
}

core::expected<void> seat::impl::open_gate(config::endpoint& reachable) {
  const auto& settings = with.settings;
  const auto is_member = [this, door = door](int64_t who) {
    bool known = false;
    door->pass([&] {
      const auto now = view.load();
      const auto* member = now->find(static_cast<int>(who));
      known = member && core::is_live(member->status);
    });
    return known;
  };
  const auto asked = [this, door = door](const std::string& topic, const std::string& payload, auto answer) {
    // Else the link goes, and whoever asks hears of that.
    door->pass([&] { board->serve(topic, payload, std::move(answer)); });
  };
  gate = with.system.spawn(gatekeeper, gatekeeper_parts{&me, settings.cluster_key, with.clock, is_member, asked});
  const auto& listen = settings.cluster_listen;
  const auto port = with.system.middleman().publish(gate, listen.port, listen.host.c_str(), true);
  if (!port)
    return core::fail(
        core::ec::invalid_configuration,
        fmt::format("cluster.listen: {} can not be listened at. Is another program there?", config::to_string(listen)));
  reachable = settings.cluster_advertise;
  if (reachable.port == 0)
    reachable.port = *port;
  return {};
}

core::expected<void> seat::impl::join(const config::endpoint& reachable,
                                      std::unique_ptr<persistence::change_feed> changes) {
  const auto& settings = with.settings;
  const auto crashed = [this, door = door](int who) {
    door->pass([&] {
      if (may_judge)
        place->evict_crashed(who);
    });
  };
  others = std::make_unique<peers>(peers::parts{with.system, &me, settings.cluster_key, with.clock, crashed});
  with.companies.begin(with.services, *others);
  board = std::make_unique<switchboard>(switchboard::parts{with.services, with.gateway, with.companies, *others,
                                                           [this] { return place->may_act(); },
                                                           [this] { return place->view(); }});
  bird = with.system.spawn(canary, with.system.middleman().actor_handle(), &with.clock, song);
  auto joined = membership::join(wanted_place(reachable), hooks());
  if (!joined)
    return core::fail(std::move(joined).error());
  place = std::move(*joined);
  may_judge = true;
  with.companies.may_act_while([place = place.get()] { return place->may_act(); });
  log::info(log::no_request, "joined the cluster as {} (incarnation {}), reachable at {}", settings.node_name,
            place->incarnation(), config::to_string(reachable));
  watch = std::make_unique<directory_watch>(
      directory_watch::parts{with.db, with.keys, with.gateway, with.numbers, with.services->tenants},
      std::move(changes));
  return {};
}

membership_settings seat::impl::wanted_place(const config::endpoint& reachable) const {
  const auto& settings = with.settings;
  membership_settings wanted;
  wanted.database_url = settings.database;
  wanted.self = {settings.node_name,
                 config::to_string(reachable),
                 caf_node,
                 TRUNKLINE_VERSION,
                 protocol,
                 protocol,
                 static_cast<int>(settings.cluster_weight),
                 core::shard_count,
                 settings.cluster_lease};
  wanted.plan.quiet = settings.cluster_quiet;
  wanted.plan.window = settings.cluster_lease;
  wanted.plan.runner_up_after = settings.cluster_lease * 3 / 10;
  wanted.plan.anybody_after = settings.cluster_lease * 6 / 10;
  return wanted;
}

membership_hooks seat::impl::hooks() {
  membership_hooks all;
  all.view_changed = [this](const auto& next) { view_changed(next); };
  all.claimed = [this](const auto& ours) { with.companies.have(ours); };
  all.about_to_release = [this](const auto& shards, auto stopped) { let_go(shards, std::move(stopped)); };
  all.lost = [this](const auto& shards) { let_go(shards, [] {}); };
  all.dead = end_as_dead;
  all.healthy = [this] { return song->heard_since(with.clock.steady().ms - canary_patience_ms); };
  all.stats = [this] {
    return core::node_stats{static_cast<int>(with.services->tenants.running()), others && !others->all_up()};
  };
  return all;
}

void seat::impl::view_changed(const std::shared_ptr<const core::cluster_view>& next) {
  for (const auto& member : next->members)
    if (member.caf_node_id == caf_node && core::is_live(member.status))
      me = member.incarnation;
  tell_of_lost(*view.load(), *next);
  view.store(next);
  others->follow(*next);
  with.companies.follow(*next, static_cast<int>(me));
}

/// From now on their webhooks go to the next owner, or are decided at the edge until there is one.
void seat::impl::let_go(const std::vector<int>& shards, std::function<void()> stopped) {
  with.companies.have_not(shards);
  std::array<bool, core::shard_count> which{};
  for (const auto shard : shards)
    which[static_cast<size_t>(shard)] = true;
  caf::anon_send(with.shards,
                 actors::leave_companies{
                     [which](const core::tenant_id& company) { return which[static_cast<size_t>(shard_of(company))]; },
                     5s, actors::reply<void>([done = std::move(stopped)](const auto&) { done(); })});
}

/// Every node sees it, and they raise one alert together.
void seat::impl::tell_of_lost(const core::cluster_view& before, const core::cluster_view& now) const {
  for (const auto& member : now.members) {
    const auto* known = before.find(member.incarnation);
    if (member.status == core::node_status::dead && known && core::is_live(known->status))
      with.services->bell->seen(health::node_lost_cause(member.name));
    if (member.status == core::node_status::active && !(known && known->status == member.status))
      with.services->bell->gone(health::node_lost_cause(member.name).key);
  }
}

// -- seat -------------------------------------------------------------------------------------------------------------

seat::seat(std::unique_ptr<impl> body) : impl_(std::move(body)) {}
seat::~seat() = default;

core::expected<std::unique_ptr<seat>> seat::take(parts p, std::unique_ptr<persistence::change_feed> changes) {
  auto body = std::make_unique<impl>(std::move(p));
  config::endpoint reachable;
  core::expected<void> done = body->open_gate(reachable);
  if (done)
    done = body->join(reachable, std::move(changes));
  if (!done)
    return core::fail(std::move(done).error());
  return std::unique_ptr<seat>(new seat(std::move(body)));
}

actors::cluster_office& seat::office() { return *impl_->board; }

void seat::leave(std::chrono::milliseconds patience) {
  impl_->may_judge = false;
  impl_->place->drain(patience);
}

} // namespace trunkline::cluster
