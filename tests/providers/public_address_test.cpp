#include "providers/public_address.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

using namespace trunkline::providers;

namespace {

bool is_public_text(const char* text) {
  const auto address = parse_address(text);
  BOOST_REQUIRE_MESSAGE(address, text);
  return is_public(*address);
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_address)

BOOST_AUTO_TEST_CASE(of_the_internet_is_public) {
  for (const auto* text :
       {"1.0.0.1",          "8.8.8.8",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",      "126.255.255.255", "128.0.0.1",       "169.253.255.255", "169.255.0.0",
        "172.15.255.255",   "172.32.0.0",      "191.255.255.255", "192.0.1.0",       "192.0.3.0",
        "192.88.98.255",    "192.88.100.0",    "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",       "198.51.101.0",    "203.0.114.0",     "223.255.255.255", "2a00:1450:4001:80b::200e",
        "2606:4700::1111",  "2001:200::1",     "2400::1",         "3ffe::1",         "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8", "2002:808:808::1"})
    BOOST_TEST(is_public_text(text), text);
}

BOOST_AUTO_TEST_CASE(of_somebodys_own_network_is_not) {
  for (const auto* text :
       {"0.0.0.0",    "0.255.255.255",   "10.0.0.0",     "10.255.255.255",  "100.64.0.0",  "100.127.255.255",
        "127.0.0.1",  "127.255.255.255", "169.254.0.0",  "169.254.169.254", "172.16.0.0",  "172.31.255.255",
        "192.0.0.0",  "192.0.0.170",     "192.0.2.1",    "192.88.99.1",     "192.168.0.0", "192.168.255.255",
        "198.18.0.0", "198.19.255.255",  "198.51.100.1", "203.0.113.1",     "224.0.0.1",   "239.255.255.255",
        "240.0.0.1",  "255.255.255.255"})
    BOOST_TEST(!is_public_text(text), text);
}

BOOST_AUTO_TEST_CASE(of_ipv6_that_is_not_global_unicast_is_not) {
  for (const auto* text :
       {"::",          "::1",     "fc00::1", "fd00::1",      "fd12:3456::1", "fe80::1",    "febf::1",
        "fec0::1",     "ff02::1", "100::1",  "2001::1",      "2001:2::1",    "2001:10::1", "2001:20::1",
        "2001:db8::1", "3fff::1", "5f00::1", "64:ff9b:1::1", "4000::1",      "1fff::1"})
    BOOST_TEST(!is_public_text(text), text);
}

BOOST_AUTO_TEST_CASE(is_as_public_as_the_ipv4_one_inside_of_it) {
  for (const auto* text : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1",
                           "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1",
                           "2002:c0a8:1::1", "::ffff:0:127.0.0.1"})
    BOOST_TEST(!is_public_text(text), text);
}

BOOST_AUTO_TEST_CASE(is_read_in_its_plain_form_alone) {
  for (const auto* text : {"127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0x7f000001", "1.2.3", "1.2.3.4.5", "", "::g",
                           "[::1]", "fe80::1%eth0", " 1.2.3.4"})
    BOOST_TEST(!parse_address(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(of_a_socket_is_judged_alike) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x08080808);
  BOOST_TEST(is_public(reinterpret_cast<const sockaddr*>(&v4), sizeof v4));
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  BOOST_TEST(!is_public(reinterpret_cast<const sockaddr*>(&v4), sizeof v4));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  BOOST_REQUIRE(inet_pton(AF_INET6, "2606:4700::1111", &v6.sin6_addr) == 1);
  BOOST_TEST(is_public(reinterpret_cast<const sockaddr*>(&v6), sizeof v6));
  BOOST_TEST(!is_public(reinterpret_cast<const sockaddr*>(&v6), sizeof v4)); // half an address
  v6.sin6_addr = in6addr_loopback;
  BOOST_TEST(!is_public(reinterpret_cast<const sockaddr*>(&v6), sizeof v6));
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  BOOST_TEST(!is_public(reinterpret_cast<const sockaddr*>(&local), sizeof local));
}

BOOST_AUTO_TEST_SUITE_END()
