#include "cluster/membership.hpp"

#include "cluster/boottime.hpp"
#include "cluster/lease.hpp"
#include "cluster/newest.hpp"
#include "cluster/shard_keeper.hpp"
#include "config/log.hpp"
#include "core/metrics.hpp"
#include "persistence/database.hpp"
#include "persistence/listener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

namespace trunkline::cluster {

namespace {

using core::node_status;
using ms = std::chrono::milliseconds;

core::counter crash_evictions("trunkline_evictions_total", "Nodes this node has declared dead", "reason", "crashed");

/// Whom others wake, as long as there is somebody.
struct alarm_clock {
  std::mutex lock;
  persistence::listener* sleeper = nullptr;

  void ring() {
    const std::lock_guard held(lock);
    if (sleeper != nullptr)
      sleeper->wake();
  }
};

} // namespace

/// Members are built from top to bottom and fall in the other order.
struct membership::impl {
  const membership_settings settings;
  const membership_hooks hooks;
  const boottime_clock clock;
  std::unique_ptr<persistence::database> db;
  std::unique_ptr<persistence::cluster_store> store, renewing, alive, judging;
  std::mutex judging_lock;
  std::unique_ptr<persistence::listener> ears;
  std::shared_ptr<alarm_clock> alarm = std::make_shared<alarm_clock>();
  newest_view newest;
  int me = 0;
  std::unique_ptr<cluster::lease> lease;
  std::unique_ptr<shard_keeper> keeper;
  core::steady_time showed_alive;
  std::minstd_rand random{std::random_device{}()};

  std::mutex mutex;
  std::condition_variable drained_changed;
  bool drained = false;
  std::atomic<bool> draining{false}, stopping{false};
  std::thread thread;

  impl(membership_settings s, membership_hooks h) : settings(std::move(s)), hooks(std::move(h)) {}
  ~impl() { stop(); }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  ms ttl() const { return settings.self.ttl; }
  core::expected<void> open();
  core::expected<core::steady_time> take_a_place();
  core::expected<void> start(core::steady_time joined);
  void run();
  void round();
  void show_that_we_live();
  void go_on_draining(const core::cluster_view& view);
  ms next_look();
  void stop();
};

core::expected<void> membership::impl::open() {
  // Deadlines of a fraction of the lease: what takes longer is tried again.
  auto opened = persistence::database::open({settings.database_url.reveal(), ms(1'000), ms(2'000)});
  if (!opened)
    return core::fail(std::move(opened).error());
  db = std::move(*opened);
  for (auto* one : {&store, &renewing, &alive, &judging})
    *one = persistence::make_cluster_store(*db);
  auto number = store->new_incarnation();
  if (!number)
    return core::fail(std::move(number).error());
  me = *number;
  showed_alive = clock.steady();
  return alive->hold_alive(me);
}

/// The time before the lease began.
core::expected<core::steady_time> membership::impl::take_a_place() {
  const auto patience = settings.join_patience > ms(0) ? settings.join_patience : ttl() * 3 / 2;
  const auto give_up = clock.steady().ms + patience.count();
  for (bool said = false;; said = true) {
    const auto before = clock.steady();
    auto joined = store->join(me, settings.self);
    if (joined)
      return before;
    if (joined.error().code != core::ec::invalid_state || clock.steady().ms >= give_up)
      return core::fail(std::move(joined).error());
    if (!said)
      log::warn(log::no_request, "waiting to join the cluster: {}", joined.error().detail);
    std::this_thread::sleep_for(std::min(settings.poll_busy, ttl() / 10));
  }
}

core::expected<void> membership::impl::start(core::steady_time joined) {
  ears = std::make_unique<persistence::listener>(*db, "trunkline_cluster");
  alarm->sleeper = ears.get();
  keeper = std::make_unique<shard_keeper>(
      me, shard_keeper::parts{*store, clock, hooks, [alarm = alarm] { alarm->ring(); }, settings.plan, ttl()});
  const auto renew = [this] { return renewing->renew(me, ttl(), hooks.stats ? hooks.stats() : core::node_stats{}); };
  const auto renewed = [this](int64_t version) {
    if (version != newest.load()->version)
      alarm->ring();
  };
  const auto dead = [this](std::string reason) {
    alarm->ring();
    {
      const std::lock_guard held(mutex); // between somebody's look and his wait
      drained_changed.notify_all();
    }
    if (hooks.dead)
      hooks.dead(std::move(reason));
  };
  lease = std::make_unique<cluster::lease>(ttl(), cluster::lease::parts{renew, hooks.healthy, renewed, dead}, clock,
                                           joined);
  auto active = store->go(me, node_status::active);
  if (!active)
    return core::fail(std::move(active).error());
  if (!*active)
    return core::fail(core::ec::invalid_state,
                      "The others have taken this node for dead while it joined. Start it again.");
  auto view = store->view();
  if (!view)
    return core::fail(std::move(view).error());
  newest.store(std::make_shared<const core::cluster_view>(std::move(*view)));
  lease->start();
  thread = std::thread([this] { run(); });
  return {};
}

void membership::impl::run() {
  while (!stopping && !lease->is_dead()) {
    round();
    if (!stopping)
      ears->wait(next_look());
  }
  if (!stopping)
    keeper->lose_all();
}

/// With some jitter, so that nodes do not all look at the same moment.
ms membership::impl::next_look() {
  const auto usual = (keeper->is_busy() || draining ? settings.poll_busy : settings.poll).count();
  return ms(std::uniform_int_distribution<int64_t>(usual * 9 / 10, usual * 11 / 10)(random));
}

void membership::impl::round() {
  show_that_we_live();
  auto read = store->view();
  if (!read) // the lease's thread says so in the log
    return;
  const auto view = std::make_shared<const core::cluster_view>(std::move(*read));
  newest.store(view);
  if (!keeper->see(view))
    return lease->die("The others have taken this node for dead, as its row says.");
  keeper->act(lease->may_act());
  if (draining)
    go_on_draining(*view);
}

/// The lock goes with its connection, and comes back here.
void membership::impl::show_that_we_live() {
  if (clock.steady().ms - showed_alive.ms < ttl().count() / 4)
    return;
  showed_alive = clock.steady();
  if (auto shown = alive->hold_alive(me); !shown)
    log::debug(log::no_request, "the session that shows that this node lives: {}", shown.error().context);
}

void membership::impl::go_on_draining(const core::cluster_view& view) {
  if (view.find(me)->status != node_status::draining) {
    if (store->go(me, node_status::draining))
      ears->wake();
    return;
  }
  const bool all_free =
      std::none_of(view.shards.begin(), view.shards.end(), [&](const auto& row) { return row.owner == me; });
  if (!all_free || !keeper->owns_nothing())
    return;
  const std::lock_guard held(mutex);
  drained = true;
  drained_changed.notify_all();
}

void membership::impl::stop() {
  stopping = true;
  alarm->ring();
  if (thread.joinable())
    thread.join();
  if (lease)
    lease->stop();
  const std::lock_guard held(alarm->lock);
  alarm->sleeper = nullptr;
}

membership::membership(std::unique_ptr<impl> body) : impl_(std::move(body)) {}
membership::~membership() = default;

core::expected<std::unique_ptr<membership>> membership::join(membership_settings settings, membership_hooks hooks) {
  auto body = std::make_unique<impl>(std::move(settings), std::move(hooks));
  if (auto opened = body->open(); !opened)
    return core::fail(std::move(opened).error());
  auto joined = body->take_a_place();
  if (!joined)
    return core::fail(std::move(joined).error());
  if (auto started = body->start(*joined); !started)
    return core::fail(std::move(started).error());
  return std::unique_ptr<membership>(new membership(std::move(body)));
}

int membership::incarnation() const { return impl_->me; }
bool membership::may_act() const { return impl_->lease->may_act(); }
ms membership::lease_remaining() const { return impl_->lease->remaining(); }
std::shared_ptr<const core::cluster_view> membership::view() const { return impl_->newest.load(); }
void membership::look() { impl_->alarm->ring(); }

core::expected<void> membership::evict_crashed(int incarnation) {
  const std::lock_guard held(impl_->judging_lock);
  auto evicted = may_act() ? impl_->judging->evict_crashed(impl_->me, incarnation, impl_->ttl()) : false;
  if (!evicted)
    return core::fail(std::move(evicted).error());
  if (!*evicted)
    return core::fail(core::ec::invalid_state,
                      fmt::format("Incarnation {} is not evicted: its session with the database is open, it is gone "
                                  "already, or this node has not been here long enough to judge.",
                                  incarnation));
  crash_evictions.add();
  log::error(log::no_request, "incarnation {} has crashed and is declared dead", incarnation);
  look();
  return {};
}

void membership::drain(ms patience) {
  impl_->draining = true;
  look();
  {
    std::unique_lock held(impl_->mutex);
    impl_->drained_changed.wait_for(held, patience, [&] { return impl_->drained || impl_->lease->is_dead(); });
  }
  impl_->stop(); // the lease as well, or it would take our leaving for our death
  const bool was_dead = impl_->lease->is_dead();
  impl_->lease->give_back();
  impl_->keeper->lose_all();
  if (was_dead)
    return;
  if (auto left = impl_->store->go(impl_->me, node_status::left); !left)
    log::warn(log::no_request, "the others learn only by our lease that this node has left: {}", left.error().detail);
}

} // namespace trunkline::cluster
