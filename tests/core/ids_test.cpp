#include "core/ids.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace trunkline::tests {

using core::derived_id;
using core::is_public_id;
using core::new_id;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(new_ids_have_the_public_shape_and_differ) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto id = new_id("co_", 12);
    BOOST_TEST(id.size() == 15u);
    BOOST_TEST(is_public_id(id, "co_"));
    seen.insert(id);
  }
  BOOST_TEST(seen.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(the_same_parts_always_give_the_same_id) {
  BOOST_TEST(derived_id("ch_", "co_1", "sms", "+1", "+2") == derived_id("ch_", "co_1", "sms", "+1", "+2"));
  BOOST_TEST(is_public_id(derived_id("ch_", "a", "b"), "ch_"));
}

BOOST_AUTO_TEST_CASE(any_other_part_or_boundary_gives_another_id) {
  const std::set<std::string> ids = {derived_id("ch_", "a", "b"),      derived_id("ch_", "b", "a"),
                                     derived_id("ch_", "ab", ""),      derived_id("ch_", "", "ab"),
                                     derived_id("ch_", "a", "b", "c"), derived_id("ch_", "a", "bc"),
                                     derived_id("ch_", "a", "", "b"),  derived_id("ch_", "a", "", "", "b"),
                                     derived_id("call_", "a", "b"),    derived_id("ch_", "a", "b", "", "c")};
  BOOST_TEST(ids.size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_misshapen_id_is_none) {
  BOOST_TEST(is_public_id("co_01jd8w", "co_"));
  for (const auto text : {"", "co_", "co_12345", "call_01jd8w", "co_01JD8W", "co_01jd8!", "co_01jd 8w", "co_01jd8w'--"})
    BOOST_TEST(!is_public_id(text, "co_"), text);
  BOOST_TEST(is_public_id("co_" + std::string(40, '0'), "co_"));
  BOOST_TEST(!is_public_id("co_" + std::string(41, '0'), "co_"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
