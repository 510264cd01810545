#include "persistence/database_url.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

namespace {

/// What libpq is told for this URL.
std::string told(const std::string& url) {
  return std::string(persistence::parse_database_url(url, std::chrono::seconds(2)).value().connect_text.reveal());
}

size_t times(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(database_url)

BOOST_AUTO_TEST_CASE(a_server_that_vanishes_without_a_word_is_noticed_within_seconds) {
  const auto text = told("postgresql://u:p@db.example.com/x");
  for (const std::string option :
       {"keepalives_idle=10", "keepalives_interval=2", "keepalives_count=3", "tcp_user_timeout=2000"})
    BOOST_TEST(times(text, "&" + option) == 1u, option);
}

BOOST_AUTO_TEST_CASE(what_the_url_says_about_it_is_left_alone) {
  const auto text = told("postgresql://u:p@db.example.com/x?tcp_user_timeout=7000&keepalives_idle=60");
  BOOST_TEST(times(text, "tcp_user_timeout=") == 1u);
  BOOST_TEST(times(text, "&tcp_user_timeout=7000") == 1u);
  BOOST_TEST(times(text, "keepalives_idle=") == 1u);
  BOOST_TEST(times(text, "&keepalives_idle=60") == 1u);
  BOOST_TEST(times(text, "&keepalives_count=3") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
