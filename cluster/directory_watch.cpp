#include "cluster/directory_watch.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"
#include "persistence/listener.hpp"

#include <unordered_set>

namespace trunkline::cluster {

namespace {

core::counter changes("trunkline_directory_changes_total", "Companies read again because some node changed them");
core::counter all_again("trunkline_directory_reads_total", "Times when all companies were read again");

} // namespace

std::unique_ptr<persistence::change_feed> begin_feed(persistence::database& db) {
  auto feed = persistence::make_change_feed(db);
  return feed->read() ? std::move(feed) : nullptr;
}

directory_watch::directory_watch(parts p, std::unique_ptr<persistence::change_feed> feed)
    : parts_(p),
      ears_(std::make_unique<persistence::listener>(p.db, persistence::company_channel)),
      feed_(std::move(feed)),
      thread_([this] { run(); }) {}

directory_watch::~directory_watch() {
  stopping_ = true;
  ears_->wake();
  thread_.join();
}

void directory_watch::run() {
  bool whole = feed_ != nullptr;
  while (!stopping_) {
    ears_->wait(std::chrono::seconds(1));
    if (!stopping_)
      whole = has_begun() && (whole || read_everything()) && look();
  }
}

/// Before everything is read, so that nothing falls in between.
bool directory_watch::has_begun() {
  if (!feed_)
    feed_ = begin_feed(parts_.db);
  return feed_ != nullptr;
}

/// False if all companies have to be read again.
bool directory_watch::look() {
  const auto news = feed_->read();
  if (!news) // nothing is missed: the next reading begins where the last one ended
    return true;
  if (news->everything)
    return read_everything();
  for (const auto& company : news->companies)
    parts_.gateway.refresh(company);
  changes.add(news->companies.size());
  return true;
}

bool directory_watch::read_everything() {
  all_again.add();
  std::unordered_set<core::tenant_id> there;
  const auto stores = persistence::make_stores(parts_.db, parts_.keys);
  const auto done = stores.tenants->for_each_door([&](persistence::tenant_door row) {
    there.insert(row.tenant);
    parts_.numbers.put(std::move(row));
  });
  if (!done) {
    log::warn(log::no_request, "companies could not be read again: {}", done.error().context);
    return false;
  }
  std::vector<core::tenant_id> in_memory;
  parts_.tenants.for_each([&](actors::tenant_slot& slot) {
    if (slot.profile || slot.phase != actors::tenant_phase::passive || !there.contains(slot.id))
      in_memory.push_back(slot.id);
  });
  for (const auto& company : parts_.numbers.all())
    if (!there.contains(company))
      in_memory.push_back(company);
  for (const auto& company : in_memory)
    parts_.gateway.refresh(company);
  return true;
}

} // namespace trunkline::cluster
