#include "health/report.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using namespace health;

namespace {

dependency one(status s, const std::string& company = {}, dependency_kind kind = dependency_kind::twilio) {
  dependency out;
  out.status = s, out.company.value = company, out.kind = kind;
  return out;
}

/// As the monitor does: only what is wanted is described.
struct reporting {
  reporting& with(status s, const std::string& company = {}, dependency_kind kind = dependency_kind::twilio) {
    if (builder.wants(s))
      builder.add(one(s, company, kind));
    else
      builder.count(s);
    return *this;
  }
  report made() { return builder.finish({7}); }
  report_builder builder;
};

std::vector<std::string> order(const report& r) {
  std::vector<std::string> out;
  for (const auto& d : r.dependencies)
    out.push_back(fmt::format("{} {}{}", to_string(d.status), d.company.empty() ? to_string(d.kind) : "", d.company));
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_health_report)

BOOST_AUTO_TEST_CASE(is_as_good_as_the_worst_of_what_is_configured) {
  BOOST_CHECK(reporting().with(status::not_configured).with(status::healthy).made().status == status::healthy);
  BOOST_CHECK(reporting().with(status::degraded).with(status::healthy).made().status == status::degraded);
  BOOST_CHECK(reporting().with(status::degraded).with(status::down).with(status::healthy).made().status ==
              status::down);
  BOOST_CHECK(reporting().with(status::not_configured).made().status == status::not_configured);
}

BOOST_AUTO_TEST_CASE(begins_with_the_worst_and_of_equals_with_the_platforms_own) {
  const auto made = reporting()
                        .with(status::healthy, "", dependency_kind::database)
                        .with(status::not_configured, "", dependency_kind::vapi)
                        .with(status::down, "co_b")
                        .with(status::degraded, "co_c")
                        .with(status::down, "co_a")
                        .with(status::down)
                        .made();
  BOOST_TEST(order(made) == (std::vector<std::string>{"DOWN twilio", "DOWN co_a", "DOWN co_b", "DEGRADED co_c",
                                                      "HEALTHY database", "NOT_CONFIGURED vapi"}),
             boost::test_tools::per_element());
  BOOST_TEST(!made.truncated);
  BOOST_TEST(made.checked_at.ms == 7);
}

BOOST_AUTO_TEST_CASE(shows_two_hundred_and_counts_all) {
  reporting all;
  for (int i = 0; i < 150; ++i)
    all.with(status::healthy, fmt::format("co_{:03}", i)).with(status::down, fmt::format("co_x{:03}", i));
  all.with(status::degraded, "co_slow");
  const auto made = all.made();
  BOOST_TEST(made.truncated);
  BOOST_TEST(made.dependencies.size() == 200u);
  BOOST_TEST(made.dependencies[149].company.value == "co_x149");
  BOOST_TEST(made.dependencies[150].company.value == "co_slow");
  BOOST_TEST(made.counts[static_cast<size_t>(status::healthy)] == 150u);
  BOOST_TEST(made.counts[static_cast<size_t>(status::down)] == 150u);
  BOOST_TEST(made.counts[static_cast<size_t>(status::degraded)] == 1u);
}

BOOST_AUTO_TEST_CASE(of_exactly_two_hundred_leaves_nothing_out) {
  reporting all;
  for (int i = 0; i < 200; ++i)
    all.with(status::healthy, fmt::format("co_{:03}", i));
  BOOST_TEST(!all.builder.wants(status::healthy));
  BOOST_TEST(all.builder.wants(status::down));
  BOOST_TEST(!all.made().truncated);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
