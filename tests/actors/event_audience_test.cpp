#include "actors/event_audience.hpp"
#include "tests/actors/viewer_fakes.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace trunkline::tests {

namespace {

const core::tenant_id acme("co_acme00000001"), other("co_other0000001");
const core::channel_id with_ana("ch_ana0000"), with_bob("ch_bob0000");

/// Companies with their events, and what an event reader does with an audience.
struct theatre {
  actors::event_audience audience;
  std::map<core::tenant_id, std::vector<core::kept_event>> history; ///< as it is kept
  std::map<core::tenant_id, int64_t> heads;
  core::steady_time now{1'000'000};
  int written = 0, read = 0;
  bool subject_gone = false;
  size_t filling = 0; ///< bytes of each event besides its number
  size_t at_once = 64;

  void happens(int count = 1, const core::tenant_id& company = acme, const core::channel_id& about = with_ana) {
    for (int n = 0; n < count; ++n) {
      core::kept_event event;
      event.seq = ++heads[company];
      event.channel = about;
      history[company].push_back(event);
    }
  }

  viewer_ptr enters(std::optional<int64_t> after = {}, const core::tenant_id& company = acme,
                    const core::channel_id& channel = {}) {
    auto viewer = std::make_shared<fake_viewer>();
    const auto head = heads[company];
    audience.add({company, channel, after, viewer}, after.value_or(head), head, now);
    return viewer;
  }

  /// Once for everybody; true if there is something left to do.
  bool round() {
    std::vector<std::pair<core::tenant_id, int64_t>> asked;
    for (const auto& company : audience.companies())
      asked.emplace_back(company, heads[company]);
    const auto errands = audience.errands(asked, now);
    for (const auto& errand : errands) {
      std::vector<core::kept_event> found;
      for (const auto& event : history[errand.company])
        if (event.seq > errand.after && found.size() < at_once)
          found.push_back(event);
      ++read;
      audience.tell(errand, found,
                    {[this](const auto& event) { return frame(event.seq); },
                     [](int64_t seq) { return std::make_shared<const std::string>(fmt::format("resync@{}", seq)); }},
                    now);
    }
    return !errands.empty();
  }

  actors::event_frame frame(int64_t seq) {
    ++written;
    return subject_gone ? nullptr
                        : std::make_shared<const std::string>(std::to_string(seq) + std::string(filling, ' '));
  }

  void settle() {
    for (int n = 0; n < 1000 && round(); ++n)
      ;
  }
  void pass(int64_t ms) { now.ms += ms; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_audience, theatre)

BOOST_AUTO_TEST_CASE(all_who_watch_a_company_hear_each_event_once_and_it_is_written_once) {
  happens(3);
  const auto ana = enters(), bob = enters();
  const auto stranger = enters({}, other);
  happens(2);
  settle();
  BOOST_TEST(ana->all() == "4 5");
  BOOST_TEST(bob->all() == "4 5");
  BOOST_TEST(stranger->all() == "");
  BOOST_TEST((written == 2 && read == 1));
}

BOOST_AUTO_TEST_CASE(who_comes_later_hears_only_what_comes_later) {
  const auto first = enters();
  happens(2);
  const auto second = enters(); // before the first has been told
  happens(1);
  settle();
  BOOST_TEST(first->all() == "1 2 3");
  BOOST_TEST(second->all() == "3");
}

BOOST_AUTO_TEST_CASE(who_comes_back_is_read_what_he_has_missed_and_then_goes_on_with_the_others) {
  happens(200);
  const auto here = enters();
  const auto back = enters(3);
  happens(1);
  settle();
  BOOST_TEST(here->all() == "201");
  BOOST_TEST(back->count() == 198);
  BOOST_TEST((back->all().starts_with("4 5 6") && back->all().ends_with("200 201")));
  happens(1);
  settle();
  BOOST_TEST(back->all().ends_with("201 202"));
  BOOST_TEST(here->all() == "201 202");
}

BOOST_AUTO_TEST_CASE(those_who_come_back_with_the_same_number_are_read_the_history_once) {
  happens(50);
  std::vector<viewer_ptr> many;
  for (int n = 0; n < 20; ++n)
    many.push_back(enters(10));
  settle();
  for (const auto& one : many)
    BOOST_TEST(one->count() == 40);
  BOOST_TEST((written == 40 && read == 1));
}

BOOST_AUTO_TEST_CASE(who_comes_back_first_and_alone_misses_nothing_either) {
  happens(10);
  const auto back = enters(4);
  happens(3);
  settle();
  BOOST_TEST(back->all() == "5 6 7 8 9 10 11 12 13");
}

BOOST_AUTO_TEST_CASE(who_asks_for_what_is_not_kept_any_more_hears_so_once_and_goes_on) {
  happens(10);
  history[acme].erase(history[acme].begin(), history[acme].begin() + 5);
  const auto late = enters(3), in_time = enters(5);
  settle();
  BOOST_TEST(late->all() == "resync@10");
  BOOST_TEST(in_time->all() == "6 7 8 9 10");
  happens(1);
  settle();
  BOOST_TEST(late->all() == "resync@10 11");
}

BOOST_AUTO_TEST_CASE(history_that_goes_while_it_is_read_is_said_to_be_gone) {
  happens(200);
  const auto back = enters(0);
  round(); // the first 64
  history[acme].erase(history[acme].begin(), history[acme].begin() + 100);
  settle();
  BOOST_TEST(back->all().ends_with("63 64 resync@200"));
}

BOOST_AUTO_TEST_CASE(only_what_is_about_his_channel_is_told_to_who_asks_for_one) {
  const auto ana = enters({}, acme, with_ana);
  happens(1, acme, with_ana);
  happens(1, acme, with_bob);
  happens(1, acme, core::channel_id());
  core::kept_event gone;
  gone.seq = ++heads[acme], gone.type = core::live_event_type::resync;
  history[acme].push_back(gone);
  happens(1, acme, with_ana);
  settle();
  BOOST_TEST(ana->all() == "1 4 5");
}

BOOST_AUTO_TEST_CASE(an_event_about_something_that_is_gone_is_told_to_nobody) {
  const auto ana = enters();
  happens(1);
  subject_gone = true;
  settle();
  subject_gone = false;
  happens(1);
  settle();
  BOOST_TEST(ana->all() == "2");
}

BOOST_AUTO_TEST_CASE(who_does_not_read_is_sent_away_and_holds_up_nobody) {
  const auto stuck = enters(), reading = enters(), too = enters();
  stuck->reads = false;
  for (int n = 0; n < 30; ++n) {
    happens(10);
    settle();
  }
  BOOST_TEST(reading->count() == 300);
  BOOST_TEST(too->count() == 300);
  BOOST_TEST(stuck->is_gone);
  BOOST_TEST(stuck->count() == 257); // 256 events and the end
}

BOOST_AUTO_TEST_CASE(what_waits_for_who_does_not_read_is_bounded_in_bytes_as_well) {
  const auto stuck = enters();
  stuck->reads = false;
  filling = 200'000;
  for (int n = 0; n < 100 && !stuck->is_gone; ++n) {
    happens(1);
    pass(1000);
    settle();
  }
  BOOST_TEST(stuck->is_gone);
  BOOST_TEST(stuck->unsent_bytes < (4u << 20) + 2 * filling);
}

BOOST_AUTO_TEST_CASE(who_is_alone_and_does_not_read_is_sent_away_as_well) {
  const auto stuck = enters();
  stuck->reads = false;
  happens(100'000);
  for (int n = 0; n < 10 && !stuck->is_gone; ++n) {
    settle();
    BOOST_TEST(stuck->unsent <= 256u);
    pass(1000);
  }
  BOOST_TEST(stuck->is_gone);
}

BOOST_AUTO_TEST_CASE(a_burst_waits_for_those_who_read_it) {
  const auto slow = enters();
  slow->reads = false; // for the moment
  happens(1000);
  settle();
  BOOST_TEST(audience.waits_for_room());
  BOOST_TEST(slow->count() < 256);
  for (int n = 0; n < 100; ++n) { // the network takes what it has been given
    slow->unsent = 0;
    settle();
  }
  BOOST_TEST(slow->count() == 1000);
  BOOST_TEST(!slow->is_gone);
}

BOOST_AUTO_TEST_CASE(history_is_read_only_as_fast_as_it_leaves) {
  happens(1000);
  const auto back = enters(0);
  back->reads = false;
  settle();
  BOOST_TEST(audience.waits_for_room());
  BOOST_TEST(back->count() < 200);
  for (int n = 0; n < 100; ++n) {
    back->unsent = 0;
    settle();
  }
  BOOST_TEST(back->count() == 1000);
  BOOST_TEST((!back->is_gone && !audience.waits_for_room()));
}

BOOST_AUTO_TEST_CASE(a_ping_comes_each_fifteen_seconds_and_each_thirty_it_is_asked_whether_one_may_stay) {
  const auto ana = enters();
  pass(14'999);
  audience.look_after(now);
  BOOST_TEST(ana->all() == "");
  pass(1);
  audience.look_after(now);
  BOOST_TEST(ana->all() == "ping");
  pass(15'000);
  audience.look_after(now);
  BOOST_TEST(ana->all() == "ping ping check");
}

BOOST_AUTO_TEST_CASE(who_is_gone_is_forgotten) {
  const auto ana = enters(), bob = enters();
  ana->is_gone = true;
  audience.look_after(now);
  happens(1);
  settle();
  BOOST_TEST(ana->all() == "");
  BOOST_TEST((audience.count() == std::vector<std::pair<core::tenant_id, size_t>>{{acme, 1}}));
  bob->is_gone = true;
  audience.look_after(now);
  BOOST_TEST(audience.companies().empty());
}

BOOST_AUTO_TEST_CASE(at_the_end_everybody_is_sent_away) {
  const auto ana = enters(), stranger = enters({}, other);
  audience.end_all();
  BOOST_TEST((ana->all() == "end" && stranger->all() == "end"));
  BOOST_TEST(audience.companies().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
