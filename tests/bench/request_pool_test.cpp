#include "bench/request_pool.hpp"
#include "twilio/signature.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace trunkline;

namespace {

const std::vector<bench::target> two_numbers = {
    {"+15550000001", "AC00000000000000000000000000000001", core::secret("token-one"), "/api/twilio/voice"},
    {"+15550000002", "AC00000000000000000000000000000002", core::secret("token-two"), "/hooks/k7/voice"}};

struct parsed {
  std::string target, signature;
  twilio::form params;
};

parsed parse(std::string_view request) {
  const auto between = [&](std::string_view before, std::string_view after) {
    const auto begin = request.find(before) + before.size();
    return std::string(request.substr(begin, request.find(after, begin) - begin));
  };
  const auto body = request.substr(request.find("\r\n\r\n") + 4);
  BOOST_REQUIRE_EQUAL(between("Content-Length: ", "\r\n"), std::to_string(body.size()));
  return {between("POST ", " HTTP/1.1"), between("X-Twilio-Signature: ", "\r\n"), twilio::form::parse(body).value()};
}

bool is_signed(const parsed& request, const core::secret& token) {
  const auto address = twilio::public_url::parse("https://gw.example.com").value();
  return twilio::verify(
      {&address, request.target, twilio::body_kind::form, request.params.fields(), {}, request.signature}, {&token, 1});
}

} // namespace

BOOST_AUTO_TEST_SUITE(bench_request_pool)

BOOST_AUTO_TEST_CASE(every_request_is_signed_for_its_own_company) {
  bench::request_pool pool(two_numbers, "https://gw.example.com/", 20, 7, false);
  for (uint64_t i = 0; i < pool.size(); ++i) {
    const auto request = parse(pool.request(i));
    const auto& to = two_numbers[i % 2];
    BOOST_TEST(request.target == to.path);
    BOOST_TEST(request.params.get("To") == to.number);
    BOOST_TEST(request.params.get("CallSid") == pool.call_sid(i));
    BOOST_TEST(request.params.fields().size() == 20u);
    BOOST_TEST(is_signed(request, to.auth_token));
    BOOST_TEST(!is_signed(request, two_numbers[(i + 1) % 2].auth_token));
  }
}

BOOST_AUTO_TEST_CASE(no_call_comes_twice_and_the_seed_decides_which_come) {
  const bench::request_pool pool(two_numbers, "https://gw.example.com", 5000, 7, false);
  const bench::request_pool same(two_numbers, "https://gw.example.com", 10, 7, false);
  const bench::request_pool other(two_numbers, "https://gw.example.com", 10, 8, false);
  std::set<std::string> seen;
  for (uint64_t i = 0; i < pool.size(); ++i)
    seen.insert(pool.call_sid(i));
  BOOST_TEST(seen.size() == pool.size());
  BOOST_TEST(pool.call_sid(3) == same.call_sid(3));
  BOOST_TEST(pool.call_sid(3) != other.call_sid(3));
}

BOOST_AUTO_TEST_CASE(a_forged_request_is_wrong_in_nothing_but_its_signature) {
  bench::request_pool good(two_numbers, "https://gw.example.com", 4, 7, false);
  bench::request_pool forged(two_numbers, "https://gw.example.com", 4, 7, true);
  for (uint64_t i = 0; i < 4; ++i) {
    const auto request = parse(forged.request(i));
    BOOST_TEST(!is_signed(request, two_numbers[i % 2].auth_token));
    BOOST_TEST(request.signature.substr(1) == parse(good.request(i)).signature.substr(1));
  }
}

BOOST_AUTO_TEST_SUITE_END()
