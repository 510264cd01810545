#include "cluster/rendezvous.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

using namespace trunkline;
using cluster::candidate;

namespace {

std::vector<candidate> nodes(int count) {
  std::vector<candidate> all;
  for (int i = 1; i <= count; ++i)
    all.push_back({fmt::format("n{}", i), 1, i});
  return all;
}

/// The name of the wished owner of every shard.
std::vector<std::string> wishes(const std::vector<candidate>& candidates) {
  std::vector<std::string> names;
  for (int shard = 0; shard < core::shard_count; ++shard)
    names.push_back(cluster::wish_for(shard, candidates).first->name);
  return names;
}

std::map<std::string, int> shares(const std::vector<std::string>& owners) {
  std::map<std::string, int> count;
  for (const auto& name : owners)
    ++count[name];
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rendezvous)

BOOST_AUTO_TEST_CASE(a_company_is_in_the_same_shard_for_ever) {
  BOOST_TEST(cluster::shard_of(core::tenant_id("co_acme00000001")) == 67);
  BOOST_TEST(cluster::shard_of(core::tenant_id("co_other0000001")) == 125);
  BOOST_TEST(cluster::shard_of(core::tenant_id("")) == 0x99); // the last byte of XXH64's published value for no input
}

BOOST_AUTO_TEST_CASE(companies_are_spread_over_all_shards) {
  std::map<int, int> count;
  for (int i = 0; i < 25'600; ++i)
    ++count[cluster::shard_of(core::tenant_id(fmt::format("co_{:012}", i)))];
  BOOST_TEST(count.size() == size_t{core::shard_count});
  for (const auto& [shard, companies] : count)
    BOOST_TEST((companies > 50 && companies < 160), shard << " has " << companies);
}

BOOST_AUTO_TEST_CASE(every_version_of_the_program_wishes_for_the_same_owners) {
  std::string first, second;
  const auto three = nodes(3);
  for (int shard = 0; shard < 24; ++shard) {
    const auto wish = cluster::wish_for(shard, three);
    first += wish.first->name.back(), second += wish.second->name.back();
  }
  BOOST_TEST(first == "333223113333231221123122");
  BOOST_TEST(second == "221312222112112313212211");
}

BOOST_AUTO_TEST_CASE(the_order_and_the_incarnation_of_candidates_do_not_matter) {
  auto turned = nodes(5);
  std::reverse(turned.begin(), turned.end());
  for (auto& one : turned)
    one.incarnation += 1000;
  BOOST_TEST(wishes(turned) == wishes(nodes(5)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_joins_takes_shards_and_nobody_else_does) {
  for (int count = 1; count < 12; ++count) {
    const auto before = wishes(nodes(count)), after = wishes(nodes(count + 1));
    const auto newcomer = fmt::format("n{}", count + 1);
    for (size_t shard = 0; shard < before.size(); ++shard)
      BOOST_TEST((before[shard] == after[shard] || after[shard] == newcomer));
  }
}

BOOST_AUTO_TEST_CASE(what_a_lost_node_had_goes_to_the_second_in_the_wish) {
  for (int count = 2; count < 12; ++count) {
    const auto all = nodes(count);
    for (int gone = 0; gone < count; ++gone) {
      auto rest = all;
      rest.erase(rest.begin() + gone);
      for (int shard = 0; shard < core::shard_count; ++shard) {
        const auto before = cluster::wish_for(shard, all), after = cluster::wish_for(shard, rest);
        const auto& heir = before.first->incarnation == gone + 1 ? before.second : before.first;
        BOOST_TEST(after.first->name == heir->name);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(shares_are_even) {
  for (int count = 1; count <= 10; ++count) {
    const auto even = double(core::shard_count) / count;
    for (const auto& [name, share] : shares(wishes(nodes(count))))
      BOOST_TEST((share > 0.55 * even && share < 1.5 * even), name << " of " << count << " has " << share);
  }
}

BOOST_AUTO_TEST_CASE(shares_follow_the_weights) {
  std::map<std::string, int> total; // over many shards, for 256 of them are few
  const std::vector<candidate> unequal = {{"light", 1, 1}, {"heavy", 3, 2}, {"none", 0, 3}};
  for (int shard = 0; shard < 40'000; ++shard)
    ++total[cluster::wish_for(shard, unequal).first->name];
  BOOST_TEST(total["light"] > 9'600);
  BOOST_TEST(total["light"] < 10'400);
  BOOST_TEST(total["none"] == 0);
}

BOOST_AUTO_TEST_CASE(nobody_there_is_nobody_wished_for) {
  BOOST_TEST(cluster::wish_for(7, {}).first == nullptr);
  const std::vector<candidate> alone = {{"n1", 1, 1}};
  BOOST_TEST(cluster::wish_for(7, alone).first == &alone[0]);
  BOOST_TEST(cluster::wish_for(7, alone).second == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
