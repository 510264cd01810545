#include "tests/twilio/signed_webhook.hpp"
#include "twilio/sid.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

namespace trunkline::tests {

// The signed string has no separators, so bytes can wander between URL, names and values without changing it. What the
// signature alone cannot see, the route and the shape of the parameters that decide anything must.

namespace {

constexpr std::array deciding = {"AccountSid", "CallSid", "CallStatus", "From", "To"};

/// What the code behind the door insists on before it acts: our own route, and every parameter that decides anything
/// once and well-shaped.
bool is_acted_upon(const std::string& url, const twilio::form& params) {
  const auto is_number = [](std::string_view text) {
    return text.starts_with('+') && text.size() > 7 &&
           text.find_first_not_of("0123456789", 1) == std::string_view::npos;
  };
  const auto statuses = {"queued", "ringing", "in-progress", "completed"};
  return url == voice_webhook().url &&
         std::all_of(deciding.begin(), deciding.end(), [&](auto name) { return params.count(name) == 1; }) &&
         twilio::is_sid(params.get("AccountSid"), "AC") && twilio::is_sid(params.get("CallSid"), "CA") &&
         is_number(params.get("From")) && is_number(params.get("To")) &&
         std::find(statuses.begin(), statuses.end(), params.get("CallStatus")) != statuses.end();
}

bool decides_as_the_original(const twilio::form& params) {
  const auto original = twilio::form::from_pairs(voice_params);
  return std::all_of(deciding.begin(), deciding.end(),
                     [&](auto name) { return params.get(name) == original.get(name); });
}

/// How a forgery fares: the signature is right all the same, and nobody notices.
struct outcome {
  int tried = 0, signed_right = 0, harmful = 0;

  void count(const signed_webhook& forged) {
    ++tried;
    const auto params = twilio::form::parse(forged.body);
    if (!params || !forged.accepted())
      return;
    ++signed_right;
    harmful += is_acted_upon(forged.url, *params) && !decides_as_the_original(*params);
  }
};

/// The signed string cut anew: `cuts` are the ends of URL, name, value, name, value, ...
signed_webhook cut_at(const std::string& signed_text, const std::vector<size_t>& cuts) {
  auto out = voice_webhook();
  out.url = signed_text.substr(0, cuts[0]);
  pairs params;
  for (size_t i = 0; i + 2 < cuts.size(); i += 2)
    params.emplace_back(signed_text.substr(cuts[i], cuts[i + 1] - cuts[i]),
                        signed_text.substr(cuts[i + 1], cuts[i + 2] - cuts[i + 1]));
  out.body = twilio::form_encode(params);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(boundary_shift)

BOOST_AUTO_TEST_CASE(no_shift_of_a_boundary_changes_what_decides) {
  std::string text = voice_webhook().url;
  std::vector<size_t> cuts = {text.size()};
  for (const auto& [name, value] : voice_params) {
    cuts.push_back((text += name).size());
    cuts.push_back((text += value).size());
  }
  outcome seen;
  for (size_t moved = 0; moved + 1 < cuts.size(); ++moved) {
    const size_t from = moved == 0 ? std::string("https://gw.example.com/").size() : cuts[moved - 1];
    for (size_t to = from; to <= cuts[moved + 1]; ++to) {
      auto shifted = cuts;
      shifted[moved] = to;
      seen.count(cut_at(text, shifted));
    }
  }
  BOOST_TEST(seen.tried > 300);
  BOOST_TEST(seen.signed_right > 10); // otherwise this would prove nothing
  BOOST_TEST(seen.harmful == 0);
}

BOOST_AUTO_TEST_CASE(no_value_cut_in_two_changes_what_decides) {
  outcome seen;
  for (size_t cut = 0; cut < voice_params.size(); ++cut) {
    for (size_t at = 0; at < voice_params[cut].second.size(); ++at) {
      auto params = voice_params;
      auto& value = params[cut].second;
      const auto rest = value.substr(at);
      value.resize(at);
      params.emplace_back(rest, "");
      auto forged = voice_webhook();
      forged.body = twilio::form_encode(params);
      seen.count(forged);
    }
  }
  BOOST_TEST(seen.tried > 100);
  BOOST_TEST(seen.signed_right > 0);
  BOOST_TEST(seen.harmful == 0);
}

BOOST_AUTO_TEST_CASE(parameters_moved_into_the_path_need_another_path) {
  auto webhook = voice_webhook();
  webhook.url += "AccountSidAC0123456789abcdef0123456789abcdef";
  webhook.body = twilio::form_encode({voice_params.begin() + 1, voice_params.end()});
  BOOST_TEST(webhook.accepted()); // the signature is blind to it; the router knows no such path
  webhook.url = voice_webhook().url;
  BOOST_TEST(!webhook.accepted());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
