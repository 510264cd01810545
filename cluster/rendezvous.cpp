#include "cluster/rendezvous.hpp"

#include <cmath>
#include <utility>
#include <xxhash.h>

namespace trunkline::cluster {

int shard_of(const core::tenant_id& tenant) {
  return static_cast<int>(XXH64(tenant.value.data(), tenant.value.size(), 0) % core::shard_count);
}

double rendezvous_score(int shard, const candidate& who) {
  const auto hash = XXH64(who.name.data(), who.name.size(), static_cast<XXH64_hash_t>(shard));
  // The 53 bits that a double holds, in the middle of their steps, so that neither 0 nor 1 comes out.
  const double u = (static_cast<double>(hash >> 11) + 0.5) * 0x1p-53;
  return -who.weight / std::log(u);
}

wish wish_for(int shard, std::span<const candidate> candidates) {
  struct place {
    const candidate* who = nullptr;
    double score = 0;
  } first, second;
  const auto before = [](const place& a, const place& b) { // names break ties the same way everywhere
    return b.who == nullptr || a.score > b.score || (a.score == b.score && a.who->name < b.who->name);
  };
  for (const auto& one : candidates) {
    if (one.weight <= 0)
      continue;
    place here{&one, rendezvous_score(shard, one)};
    if (before(here, first))
      std::swap(here, first);
    if (here.who != nullptr && before(here, second))
      second = here;
  }
  return {first.who, second.who};
}

} // namespace trunkline::cluster
