#include "twilio/signature.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using twilio::public_url;

BOOST_AUTO_TEST_SUITE(public_urls)

BOOST_AUTO_TEST_CASE(an_address_is_taken_apart) {
  const auto url = public_url::parse("https://user:pa@ss@gw.Example.com:8443/base/").value();
  BOOST_TEST(url.scheme == "https");
  BOOST_TEST(url.userinfo == "user:pa@ss");
  BOOST_TEST(url.host == "gw.Example.com");
  BOOST_TEST(url.port == "8443");
  BOOST_TEST(url.base == "/base");
}

BOOST_AUTO_TEST_CASE(what_is_taken_apart_goes_together_again) {
  for (const std::string text : {"https://gw.example.com", "http://127.0.0.1:8080", "wss://[2001:db8::1]:8443/a/b",
                                 "https://u:p@gw.example.com/x", "http://[::1]"})
    BOOST_TEST(public_url::parse(text).value().str() == text);
}

BOOST_AUTO_TEST_CASE(an_unusable_address_is_refused_without_repeating_it) {
  for (const std::string text :
       {"", "gw.example.com", "ftp://gw.example.com", "https://", "https://:443", "https:///path", "https://gw:0",
        "https://gw:70000", "https://gw:80x", "https://gw:", "https://g w", "https://gw?x=1", "https://gw/#rc=2",
        "https://hunter2@", "https://[::1", "https://g\\w", "HTTPS://gw", "https://gw/\xC3\xA9"}) {
    const auto url = public_url::parse(text);
    BOOST_TEST(!url.has_value(), text);
    if (!url) {
      BOOST_TEST((url.error().code == core::ec::invalid_configuration));
      BOOST_TEST(url.error().detail.find("hunter2") == std::string::npos);
    }
  }
  BOOST_TEST(!public_url::parse("https://" + std::string(5000, 'a')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
