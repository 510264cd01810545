#include "actors/pacer.hpp"

#include <algorithm>

namespace trunkline::actors {

namespace {

constexpr double slowest_share = 1.0 / 32;  ///< of the usual rate
constexpr double regained_share = 1.0 / 64; ///< with each accepted message
constexpr size_t most_campaigns = 1'000;

} // namespace

void pacer::follow(const core::rate_limit_settings& limits, core::steady_time now) {
  limits_ = limits;
  for (auto& [lane, bucket] : lanes_)
    bucket.set_rate(core::lane_rate(lane, limits), now);
  campaigns_.clear();
  const auto& of_company = limits.company_segments_per_second;
  if (!of_company)
    company_.reset();
  else if (company_)
    company_->set_rate(*of_company, now);
  else
    company_.emplace(*of_company, now);
}

core::send_budget pacer::budget(core::steady_time now) const {
  core::send_budget out;
  for (const auto& [lane, bucket] : lanes_)
    out.lanes.emplace(lane, bucket.available(now));
  for (const auto& [campaign, bucket] : campaigns_)
    out.campaigns.emplace(campaign, bucket.available(now));
  if (company_)
    out.company = company_->available(now);
  if (limits_.campaign_segments_per_second) // what a new bucket has
    out.each_campaign = std::max(1.0, *limits_.campaign_segments_per_second);
  return out;
}

void pacer::know_lane(const std::string& lane, core::steady_time now) {
  lanes_.try_emplace(lane, core::lane_rate(lane, limits_), now);
}

core::token_bucket* pacer::bucket_of_campaign(const std::string& campaign, core::steady_time now) {
  if (campaign.empty() || !limits_.campaign_segments_per_second)
    return nullptr;
  if (campaigns_.size() >= most_campaigns && !campaigns_.contains(campaign))
    campaigns_.clear(); // of those that run on, a second's worth is forgotten
  return &campaigns_.try_emplace(campaign, *limits_.campaign_segments_per_second, now).first->second;
}

void pacer::taken(const std::string& lane, const std::string& campaign, int segments, core::steady_time now) {
  know_lane(lane, now);
  lanes_.at(lane).take(segments, now);
  if (company_)
    company_->take(segments, now);
  if (auto* bucket = bucket_of_campaign(campaign, now))
    bucket->take(segments, now);
}

void pacer::accepted(const std::string& lane, core::steady_time now) {
  air_limit_ = std::min<double>(most_in_air, air_limit_ + 1.0 / air_limit_);
  const auto found = lanes_.find(lane);
  if (found == lanes_.end())
    return;
  const auto usual = core::lane_rate(lane, limits_);
  if (found->second.rate() < usual)
    found->second.set_rate(std::min(usual, found->second.rate() + usual * regained_share), now);
}

void pacer::slow_lane(const std::string& lane, core::steady_time now) {
  know_lane(lane, now);
  auto& bucket = lanes_.at(lane);
  bucket.set_rate(std::max(bucket.rate() / 2, core::lane_rate(lane, limits_) * slowest_share), now);
}

void pacer::slow_account() { air_limit_ = std::max(1.0, air_limit_ / 2); }

std::optional<int64_t> pacer::wait_ms(core::steady_time now) const {
  std::optional<int64_t> soonest;
  const auto look = [&](const core::token_bucket& bucket) {
    if (const auto wait = bucket.wait_ms(now); wait > 0)
      soonest = std::min(soonest.value_or(wait), wait);
  };
  for (const auto& [lane, bucket] : lanes_)
    look(bucket);
  for (const auto& [campaign, bucket] : campaigns_)
    look(bucket);
  if (company_)
    look(*company_);
  return soonest;
}

} // namespace trunkline::actors
