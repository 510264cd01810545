#include "http/key_ring.hpp"

#include <algorithm>

namespace trunkline::http {

namespace {

constexpr size_t most = 10'000;

} // namespace

std::optional<core::principal> key_ring::fresh(const std::string& hash, core::timestamp now) const {
  std::lock_guard held(lock_);
  const auto found = entries_.find(hash);
  return found != entries_.end() && now < found->second.fresh_until ? found->second.who : std::nullopt;
}

std::optional<core::principal> key_ring::stale(const std::string& hash, core::timestamp now) const {
  std::lock_guard held(lock_);
  const auto found = entries_.find(hash);
  return found != entries_.end() && now < found->second.stale_until ? found->second.who : std::nullopt;
}

bool key_ring::wrong(const std::string& hash, core::timestamp now) const {
  std::lock_guard held(lock_);
  const auto found = entries_.find(hash);
  return found != entries_.end() && now < found->second.fresh_until && !found->second.who;
}

void key_ring::put(const std::string& hash, core::principal who, core::timestamp now,
                   std::optional<core::timestamp> until) {
  const auto fresh = until.value_or(core::timestamp{now.ms + fresh_ms});
  const auto stale = until.value_or(core::timestamp{now.ms + stale_ms});
  keep(hash, {std::move(who), fresh, stale, {}}, now);
}

void key_ring::put_wrong(const std::string& hash, core::timestamp now) {
  keep(hash, {std::nullopt, {now.ms + wrong_ms}, {now.ms + wrong_ms}, {}}, now);
}

void key_ring::keep(const std::string& hash, entry what, core::timestamp now) {
  std::lock_guard held(lock_);
  if (entries_.size() >= most)
    std::erase_if(entries_, [&](const auto& e) { return e.second.fresh_until <= now; });
  if (entries_.size() >= most)
    entries_.clear();
  auto& slot = entries_[hash];
  what.noted = slot.noted;
  slot = std::move(what);
}

bool key_ring::use_is_to_be_noted(const std::string& hash, core::timestamp now) {
  std::lock_guard held(lock_);
  const auto found = entries_.find(hash);
  if (found == entries_.end() || now.ms - found->second.noted.ms < note_use_every_ms)
    return false;
  found->second.noted = now;
  return true;
}

void key_ring::forget(const std::string& hash) {
  std::lock_guard held(lock_);
  entries_.erase(hash);
}

void key_ring::forget_all_of(const std::string& kind, const std::string& id) {
  std::lock_guard held(lock_);
  std::erase_if(entries_,
                [&](const auto& e) { return e.second.who && e.second.who->kind == kind && e.second.who->id == id; });
}

void key_ring::forget_company(const core::tenant_id& company) {
  std::lock_guard held(lock_);
  std::erase_if(entries_, [&](const auto& e) { return e.second.who && e.second.who->company == company; });
}

} // namespace trunkline::http
