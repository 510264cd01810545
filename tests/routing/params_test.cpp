#include "routing/params.hpp"
#include "tests/routing/company.hpp"

using namespace trunkline;

BOOST_AUTO_TEST_SUITE(parameters)

BOOST_AUTO_TEST_CASE(a_text_is_cut_between_two_characters) {
  BOOST_TEST(routing::storable("abcdef", 6) == "abcdef");
  BOOST_TEST(routing::storable("abcdef", 5) == "abcde");
  BOOST_TEST(routing::storable("ab\xE2\x82\xAC", 5) == "ab\xE2\x82\xAC");
  BOOST_TEST(routing::storable("ab\xE2\x82\xAC", 4) == "ab");
  BOOST_TEST(routing::storable("ab\xE2\x82\xACxyz", 5) == "ab\xE2\x82\xAC");
  BOOST_TEST(routing::storable("\xF0\x9F\x91\x8B", 3) == "");
  BOOST_TEST(routing::storable("\xFF\xFF", 5) == "\xEF\xBF\xBD");
  BOOST_TEST(routing::storable(std::string(100'000, 'a'), 10) == "aaaaaaaaaa");
}

BOOST_AUTO_TEST_CASE(a_count_is_digits_up_to_its_limit) {
  BOOST_TEST(*routing::read_count("0", 10) == 0);
  BOOST_TEST(*routing::read_count("010", 10) == 10);
  for (const auto* bad : {"", "11", "-0", "+1", "1.0", " 1", "1\n", "0x1", "9223372036854775808"})
    BOOST_TEST(!routing::read_count(bad, 10), bad);
}

BOOST_AUTO_TEST_CASE(only_the_web_is_an_address) {
  BOOST_TEST(routing::web_address("https://a/b?c=1") == "https://a/b?c=1");
  BOOST_TEST(routing::web_address("http://a") == "http://a");
  for (const auto* bad : {"", "ftp://a", "HTTPS://a", "javascript:alert(1)", "//a"})
    BOOST_TEST(routing::web_address(bad) == "", bad);
  BOOST_TEST(routing::web_address("https://" + std::string(2048, 'a')) == "");
}

BOOST_AUTO_TEST_CASE(a_party_is_short_enough_for_an_index_of_the_database) {
  const auto read = [](const std::string& from) {
    return routing::read_party(twilio::form::from_pairs({{"From", from}}), "From", "US");
  };
  BOOST_TEST(read("sip:" + std::string(5000, 'a')).text.size() == 256u);
  BOOST_TEST(read("whatsapp:+15005550001").text == "+15005550001");
  BOOST_TEST(read("whatsapp:+15005550001").whatsapp);
  BOOST_TEST((read("+15005550001").is_e164() && !read("72345").is_e164() && !read("client:ana").is_e164()));
}

BOOST_AUTO_TEST_SUITE_END()
