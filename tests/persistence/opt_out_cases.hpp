// The same cases for both dialects; the fixture `fresh_database` says which.

namespace trunkline::tests {

inline const core::phone_number ana("+15559876543"), bob("+15550000001");

/// STOP or START by keyword.
inline core::webhook_event said(int n, bool out, int64_t ms) {
  auto event = sms_event(n, out ? "STOP" : "START");
  event.opt_out = core::opt_out_change{ana, out};
  event.received_at.ms = ms;
  return event;
}

struct opt_outs : fresh_database {
  std::string listed() {
    std::string out;
    for (const auto& row : must(stores.opt_outs->list(acme, {})).rows)
      out += fmt::format("{} {} {};", row.number.str(), row.source, row.created_at.ms);
    return out;
  }
};

} // namespace trunkline::tests

using namespace trunkline;
using namespace trunkline::tests;

BOOST_FIXTURE_TEST_SUITE(opt_out_store, opt_outs)

BOOST_AUTO_TEST_CASE(somebody_is_opted_out_by_an_administrator_once) {
  const auto added = must(stores.opt_outs->add(acme, ana, {5000}, somebody));
  BOOST_TEST((added.number == ana && added.source == "api" && added.created_at.ms == 5000));
  const auto again = must(stores.opt_outs->add(acme, ana, {6000}, somebody));
  BOOST_TEST(again.created_at.ms == 5000);
  must(stores.opt_outs->add(acme, bob, {7000}, somebody));
  BOOST_TEST(listed() == "+15550000001 api 7000;+15559876543 api 5000;");
  BOOST_TEST(must(stores.opt_outs->list(other, {})).rows.empty());
  BOOST_TEST(count("select count(*) from audit where action = 'opt_out.create' and company_id = 'co_acme00000001'") ==
             2);
}

BOOST_AUTO_TEST_CASE(who_has_stopped_by_himself_is_listed_as_such_and_stays_so) {
  record({said(1, true, 3000)});
  must(stores.opt_outs->add(acme, ana, {4000}, somebody));
  BOOST_TEST(listed() == "+15559876543 keyword 3000;");
}

BOOST_AUTO_TEST_CASE(who_is_removed_may_be_written_to_until_he_stops_again) {
  record({said(1, true, 3000)});
  must(stores.opt_outs->remove(acme, ana, {4000}, somebody));
  BOOST_TEST(listed() == "");
  BOOST_TEST(count("select count(*) from audit where action = 'opt_out.delete' and target = '+15559876543'") == 1);
  const auto twice = stores.opt_outs->remove(acme, ana, {5000}, somebody);
  BOOST_REQUIRE(!twice);
  BOOST_CHECK(twice.error().code == core::ec::not_found);
  record({said(2, true, 3500)}); // said before he was removed, arrived afterwards
  BOOST_TEST(listed() == "+15559876543 keyword 4000;");
}

BOOST_AUTO_TEST_CASE(a_start_ends_what_an_administrator_has_said_if_it_is_later) {
  must(stores.opt_outs->add(acme, ana, {5000}, somebody));
  record({said(1, false, 4000)});
  BOOST_TEST(listed() == "+15559876543 api 5000;");
  record({said(2, false, 6000)});
  BOOST_TEST(listed() == "");
  must(stores.opt_outs->add(acme, ana, {5500}, somebody)); // a clock that is behind
  BOOST_TEST(listed() == "+15559876543 api 6000;");
}

BOOST_AUTO_TEST_CASE(another_companys_opt_outs_are_untouched) {
  must(stores.opt_outs->add(acme, ana, {5000}, somebody));
  const auto removed = stores.opt_outs->remove(other, ana, {6000}, somebody);
  BOOST_REQUIRE(!removed);
  BOOST_CHECK(removed.error().code == core::ec::not_found);
  BOOST_TEST(listed() == "+15559876543 api 5000;");
}

BOOST_AUTO_TEST_CASE(pages_of_opt_outs_do_not_repeat_or_leave_out) {
  for (int n = 0; n < 7; ++n)
    must(stores.opt_outs->add(acme, core::phone_number(fmt::format("+1555000000{}", n)), {5000 + n / 3}, somebody));
  std::vector<std::string> seen;
  core::page_request page{3, {}};
  for (bool more = true; more;) {
    const auto found = must(stores.opt_outs->list(acme, page));
    for (const auto& row : found.rows)
      seen.push_back(row.number.str());
    more = found.more;
    page.after = {found.rows.back().created_at, found.rows.back().number.str()};
  }
  BOOST_TEST(seen.size() == 7);
  std::sort(seen.begin(), seen.end());
  BOOST_CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

BOOST_AUTO_TEST_SUITE_END()
