#include "persistence/change_feed.hpp"
#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/samples.hpp"

#include <algorithm>

using namespace trunkline;
using namespace trunkline::tests;

namespace {

struct feed_fixture : fresh_database {
  feed_fixture() { must(feed->read()); }

  std::vector<std::string> news() {
    std::vector<std::string> out;
    const auto changes = must(feed->read());
    if (changes.everything)
      return {"everything"};
    for (const auto& one : changes.companies)
      out.push_back(one.value);
    std::sort(out.begin(), out.end());
    return out;
  }
  void insert(const std::string& id) {
    change("insert into company (id, name, country, time_zone, state, created_at, updated_at, version) values ('" + id +
           "', 'n', 'US', 'UTC', 'active', 1, 1, 1)");
  }

  std::unique_ptr<persistence::change_feed> feed = persistence::make_change_feed(*db);
};

using names = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_change_feed, feed_fixture)

BOOST_AUTO_TEST_CASE(tells_once_of_every_company_that_came_changed_or_went) {
  BOOST_CHECK(news() == names());
  insert("co_a");
  insert("co_b");
  BOOST_CHECK(news() == (names{"co_a", "co_b"}));
  change("update company set name = 'm' where id = 'co_b'");
  BOOST_CHECK(news() == names{"co_b"});
  change("delete from company where id = 'co_a'");
  BOOST_CHECK(news() == names{"co_a"});
  BOOST_CHECK(news() == names());
}

BOOST_AUTO_TEST_CASE(tells_of_a_company_whose_numbers_came_or_went) {
  insert("co_a");
  insert("co_b");
  news();
  change("insert into company_number values ('co_a', 1, '+12125550101', '', 1, 1, 'hook')");
  BOOST_CHECK(news() == names{"co_a"});
  change("delete from company_number");
  BOOST_CHECK(news() == names{"co_a"});
}

BOOST_AUTO_TEST_CASE(does_not_miss_a_change_that_began_before_and_ended_after_another) {
  insert("co_a");
  insert("co_b");
  news();
  const auto slow = db->connect();
  must(slow->run("changing slowly", persistence::access::write, [&](soci::session& sql) -> core::expected<void> {
    persistence::execute(sql, "update company set name = 'late' where id = 'co_a'");
    change("update company set name = 'early' where id = 'co_b'");
    BOOST_CHECK(news() == names{"co_b"});
    return {};
  }));
  const auto heard = news();
  BOOST_CHECK(std::count(heard.begin(), heard.end(), "co_a") == 1);
}

BOOST_AUTO_TEST_CASE(tells_who_was_away_for_too_long_to_read_everything) {
  const auto other = persistence::make_change_feed(*db, std::chrono::seconds(0));
  must(other->read());
  insert("co_a");
  must(other->read()); // and removes what is old
  BOOST_CHECK(news() == names{"everything"});
  BOOST_CHECK(news() == names());
}

BOOST_AUTO_TEST_SUITE_END()
