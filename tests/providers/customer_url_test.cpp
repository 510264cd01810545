#include "providers/customer_url.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace trunkline::providers;

BOOST_AUTO_TEST_SUITE(a_url_that_a_customer_sets)

BOOST_AUTO_TEST_CASE(may_be_public_https) {
  for (const auto* url :
       {"https://example.com", "https://example.com/", "https://hooks.example.com/a/b?c=d&e=%20#f",
        "HTTPS://Example.COM/x", "https://example.com:443/", "https://example.com:8443/x",
        "https://xn--bcher-kva.example/", "https://8.8.8.8/", "https://[2606:4700::1111]/",
        "https://[2606:4700::1111]:8443/x", "https://127.0.0.1.example.com/", "https://a-b.example.com?x=1",
        "https://example.com/@me", "https://example.com/?u=https://127.0.0.1/"})
    BOOST_TEST(read_customer_url(url).has_value(), url);
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_anything_else) {
  for (const auto* url :
       {// no URL, or one that two readers could understand differently
        "", "example.com", "https://", "https:///x", "https:example.com", "https:/example.com", "//example.com/",
        "https://exa mple.com/", "https://example.com /", "https://example.com\r\nX: y", "https://example.com/\t",
        "https://exam\\ple.com/", "https://example.com\\@127.0.0.1/", "https://*.example.com/",
        "https://b\xc3\xbc"
        "cher.example/",
        "https://127\xe3\x80\x82"
        "0\xe3\x80\x82"
        "0\xe3\x80\x82"
        "1/",
        "https://ex%61mple.com/", "https://%31%32%37.0.0.1/",
        // another protocol
        "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
        "javascript:alert(1)",
        // a user
        "https://me@example.com/", "https://me:secret@example.com/", "https://example.com@127.0.0.1/",
        "https://127.0.0.1@example.com/", "https://@example.com/", "https://example.com%40127.0.0.1/",
        // a port
        "https://example.com:80/", "https://example.com:22/", "https://example.com:0/", "https://example.com:65979/",
        "https://example.com:08443a/",
        // a private address
        "https://127.0.0.1/", "https://10.1.2.3/", "https://169.254.169.254/latest/meta-data/",
        "https://192.168.1.1:8443/", "https://0.0.0.0/", "https://100.100.100.200/", "https://[::1]/", "https://[::]/",
        "https://[fd00::1]/", "https://[fe80::1%25eth0]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
        "https://[0:0:0:0:0:ffff:127.0.0.1]/",
        // the same, written otherwise
        "https://0x7f.1/", "https://0x7f000001/", "https://2130706433/", "https://127.1/", "https://127.0.1/",
        "https://0177.0.0.1/", "https://0x7f.0x0.0x0.0x1/", "https://127.0.0.1./", "https://1.2.3.256/",
        "https://8.8.2056/", "https://0x08.8.8.8/", "https://1.2.3.4.5/",
        // a name of this machine or network
        "https://localhost/", "https://localhost./", "https://LOCALHOST/", "https://intranet/",
        "https://example.com./"})
    BOOST_TEST(!read_customer_url(url).has_value(), url);
}

BOOST_AUTO_TEST_CASE(is_refused_in_words_that_do_not_repeat_it) {
  const auto refused = read_customer_url("https://token:s3cret@example.com/");
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == core::ec::invalid_configuration));
  BOOST_TEST(refused.error().detail.find("s3cret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_too_long) {
  const std::string longest = "https://example.com/" + std::string(2048 - 20, 'x');
  BOOST_TEST(read_customer_url(longest).has_value());
  BOOST_TEST(!read_customer_url(longest + 'x').has_value());
}

BOOST_AUTO_TEST_CASE(may_lead_to_this_machine_in_development) {
  const customer_url_rule development{.allow_private = true};
  for (const auto* url : {"http://127.0.0.1:3000/x", "http://localhost:3000/", "https://localhost/",
                          "http://[::1]:3000/", "https://example.com:1234/"})
    BOOST_TEST(read_customer_url(url, development).has_value(), url);
  for (const auto* url : {"ftp://127.0.0.1/", "http://me@127.0.0.1/", "http://0x7f.1/", "", "file:///etc/passwd"})
    BOOST_TEST(!read_customer_url(url, development).has_value(), url);
}

BOOST_AUTO_TEST_CASE(is_given_on_as_it_was_understood) {
  const auto url = read_customer_url("https://Hooks.Example.COM:8443/a?b=c");
  BOOST_REQUIRE(url);
  BOOST_TEST(url->host == "hooks.example.com");
  BOOST_TEST(url->text == "https://Hooks.Example.COM:8443/a?b=c");
}

BOOST_AUTO_TEST_SUITE_END()
