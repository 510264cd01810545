#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace trunkline::health {

struct pace {
  std::chrono::milliseconds interval{900'000};   ///< of a company that is well
  std::chrono::milliseconds first_retry{60'000}; ///< of one that is not, doubling up to the interval
  size_t per_second = 10;                        ///< checks that begin
  size_t at_once = 32;                           ///< checks under way
};

/// Which companies are to be checked now.
///
/// Everybody is checked as soon as the budget allows after he has come, and from then on at a time of his own: once per
/// interval, at a place in it that his id says, so that 900 companies make one check a second and not 900 every quarter
/// of an hour. Where the budget does not reach, the interval is as long as the budget needs.
class planner {
public:
  explicit planner(const pace& p) : pace_(p) {}

  /// One more, who is due; nothing happens if he is known.
  void add(const core::tenant_id& company, core::timestamp now);
  void remove(const core::tenant_id& company);
  /// Who there is from now on; returns those that are gone.
  std::vector<core::tenant_id> sync(const std::vector<core::tenant_id>& companies, core::timestamp now);

  /// To be asked as soon as possible, and not told from what is known; false if there is no such company.
  bool hasten(const core::tenant_id& company, core::timestamp now);
  /// The same for up to `count` who are not under way, the soonest due first; returns who they are.
  std::vector<core::tenant_id> hasten_some(size_t count, core::timestamp now);

  struct due {
    core::tenant_id company;
    core::timestamp stale_at; ///< what is known of the account since then is good enough
  };
  /// Those who are due, as many as the budget allows. They are under way until they are finished.
  std::vector<due> take(core::timestamp now);
  /// One alone, now, whatever the budget; none if it is under way already or does not exist.
  std::optional<due> take(const core::tenant_id& company, core::timestamp now);
  void finished(const core::tenant_id& company, bool failing, core::timestamp now);
  /// It could not be asked; it is due again in a moment.
  void put_back(const core::tenant_id& company, core::timestamp now);

  /// Whoever is due first, at most so many.
  std::vector<core::tenant_id> first(size_t count) const;
  bool knows(const core::tenant_id& company) const { return all_.contains(company); }
  size_t size() const { return all_.size(); }
  size_t under_way() const { return under_way_; }
  std::chrono::milliseconds interval() const; ///< as long as the budget needs

private:
  struct entry {
    core::timestamp due, stale_at;
    int failures = 0;
    bool under_way = false, again = false; ///< again: hastened while it was under way
  };
  using companies = std::unordered_map<core::tenant_id, entry>;

  void schedule(companies::value_type& one, core::timestamp when);
  due begin(companies::value_type& one);
  core::timestamp next_turn(const core::tenant_id& company, core::timestamp now) const;

  const pace pace_;
  companies all_;
  std::set<std::pair<core::timestamp, core::tenant_id>> queue_; ///< all that are not under way
  size_t under_way_ = 0;
  double budget_ = 0;
  std::optional<core::timestamp> budget_at_;
};

} // namespace trunkline::health
