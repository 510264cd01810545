#include "cluster/lease.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"

#include <algorithm>
#include <utility>

namespace trunkline::cluster {

namespace {

core::gauge remaining_seconds("trunkline_lease_remaining_seconds", "How long this node may still act for its shards");
core::histogram renew_seconds("trunkline_lease_renew_seconds", "How long a renewal of the lease took");
constexpr auto renewals_name = "trunkline_lease_renewals_total", renewals_help = "Renewals of the lease";
core::counter renewed_total(renewals_name, renewals_help, "result", "renewed");
core::counter failed_total(renewals_name, renewals_help, "result", "failed");
core::counter unhealthy_total(renewals_name, renewals_help, "result", "unhealthy");

/// What a node gives away of its lease, so that it has stopped before the others look, whatever its threads do between
/// asking may_act() and acting.
lease::ms margin(lease::ms ttl) { return ttl / 5; }

} // namespace

lease::lease(ms ttl, parts with, const core::clock& clock, core::steady_time joined)
    : ttl_(ttl),
      parts_(std::move(with)),
      clock_(clock),
      deadline_(joined.ms + (ttl - margin(ttl)).count()),
      random_(std::random_device{}()) {}

lease::~lease() { stop(); }

void lease::start() {
  thread_ = std::thread([this] { run(); });
}

void lease::stop() {
  {
    const std::lock_guard held(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void lease::run() {
  std::unique_lock held(mutex_);
  for (auto wait = next_turn(); !wake_.wait_for(held, wait, [this] { return stopping_; }) && !dead_;) {
    held.unlock();
    wait = keep();
    held.lock();
  }
}

lease::ms lease::remaining() const {
  const auto deadline = deadline_.load();
  return deadline == never ? ms(0) : ms(std::max<int64_t>(0, deadline - clock_.steady().ms));
}

void lease::show_remaining() const {
  remaining_seconds.set(std::chrono::duration_cast<std::chrono::seconds>(remaining()).count());
}

/// A fifth of the TTL, ten per cent more or less, so that nodes that started together do not ask together.
lease::ms lease::next_turn() {
  const auto fifth = ttl_.count() / 5;
  return ms(std::uniform_int_distribution<int64_t>(fifth * 9 / 10, fifth * 11 / 10)(random_));
}

/// Says so once, and once more when it begins to matter.
lease::ms lease::missed(const std::string& why) {
  if (!std::exchange(missed_, true))
    log::warn(log::no_request, "the lease is not renewed, {} ms are left: {}", remaining().count(), why);
  if (!may_act() && !std::exchange(stopped_acting_, true))
    log::error(log::no_request, "the lease has run out, so this node does nothing for its companies: {}", why);
  return soon();
}

lease::ms lease::keep() {
  show_remaining();
  if (parts_.healthy && !parts_.healthy()) {
    unhealthy_total.add();
    return missed("the actors do not answer");
  }
  const auto before = clock_.steady();
  const auto version = parts_.renew();
  renew_seconds.observe(static_cast<double>(clock_.steady().ms - before.ms) / 1000);
  if (!version) {
    failed_total.add();
    return missed(version.error().detail + " " + version.error().context);
  }
  if (!*version) {
    die("The others have taken this node for dead: its lease was not renewed in time.");
    return soon();
  }
  renewed_total.add();
  if (std::exchange(missed_, false))
    log::info(log::no_request, "the lease is renewed again");
  stopped_acting_ = false;
  deadline_ = before.ms + (ttl_ - margin(ttl_)).count();
  if (dead_) // somebody found out meanwhile
    deadline_ = never;
  show_remaining();
  if (parts_.renewed)
    parts_.renewed(**version);
  return next_turn();
}

void lease::die(std::string reason) {
  if (dead_.exchange(true))
    return;
  deadline_ = never;
  if (parts_.on_dead)
    parts_.on_dead(std::move(reason));
}

void lease::give_back() {
  dead_ = true;
  deadline_ = never;
}

} // namespace trunkline::cluster
