#pragma once

#include "core/clock.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace trunkline::sim {

/// What really happened, for tests to judge by: every accepted create, every refused one, every webhook with its
/// answer. Bounded: the oldest entries go first, and `dropped` says how many, so that a judge knows when it is blind.
class ledger {
public:
  struct entry {
    int64_t seq = 0;
    core::timestamp at;
    std::string kind;    ///< message | call | number | account | refused | webhook
    std::string account; ///< "" when unknown
    std::string sid;
    std::string detail; ///< a JSON object, its shape depends on the kind
  };

  struct filter {
    std::string kind, account, sid; ///< empty: all
    int64_t after = 0;              ///< entries with a greater seq
    size_t limit = 1000;
  };

  explicit ledger(size_t limit) : limit_(limit) {}

  void add(core::timestamp at, std::string kind, std::string account, std::string sid, std::string detail);
  void clear();

  /// {"entries":[{"seq","at","kind","account","sid","detail":{}}],"next":seq|null,"total","dropped"}
  std::string page(const filter& wanted) const;

  size_t size() const { return entries_.size(); }

private:
  size_t limit_;
  int64_t last_seq_ = 0, dropped_ = 0;
  std::deque<entry> entries_;
};

} // namespace trunkline::sim
