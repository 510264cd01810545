#include "tests/support/json_file.hpp"
#include "tests/twilio/signed_webhook.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

namespace {

std::string text_of(const rapidjson::Value& object, const char* member) {
  return object.HasMember(member) && object[member].IsString() ? object[member].GetString() : "";
}

twilio::body_kind kind_of(const std::string& name) {
  return name == "form"   ? twilio::body_kind::form
         : name == "json" ? twilio::body_kind::json
         : name == "ws"   ? twilio::body_kind::websocket
                          : twilio::body_kind::none;
}

signed_webhook webhook_of(const rapidjson::Value& vector) {
  signed_webhook out;
  out.url = text_of(vector, "received_url");
  out.kind = kind_of(text_of(vector, "kind"));
  out.body = text_of(vector, "raw_body");
  out.signature = text_of(vector, "signature");
  out.auth_tokens = {text_of(vector, "auth_token")};
  return out;
}

std::vector<std::pair<std::string, std::string>> params_of(const rapidjson::Value& vector) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& pair : vector["params"].GetArray())
    out.emplace_back(pair[0].GetString(), pair[1].GetString());
  return out;
}

/// true, false, or neither for vectors that only inform.
std::optional<bool> expectation_of(const rapidjson::Value& vector) {
  const auto& expect = vector["expect"];
  if (expect.IsBool())
    return expect.GetBool();
  if (std::string_view(expect.GetString()) == "recommended-true-sdk-false")
    return true;
  return std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_SUITE(signature_vectors)

BOOST_AUTO_TEST_CASE(every_vector_is_accepted_or_refused_as_twilio_says) {
  const auto file = json_file("twilio/signature_vectors.json");
  int asserted = 0;
  for (const auto& vector : file["vectors"].GetArray()) {
    if (const auto expected = expectation_of(vector)) {
      BOOST_TEST(webhook_of(vector).accepted() == *expected, text_of(vector, "id"));
      ++asserted;
    }
  }
  BOOST_TEST(asserted >= 30);
}

BOOST_AUTO_TEST_CASE(every_form_body_decodes_to_the_parameters_of_its_vector) {
  const auto file = json_file("twilio/signature_vectors.json");
  for (const auto& vector : file["vectors"].GetArray()) {
    if (text_of(vector, "kind") != "form")
      continue;
    const auto parsed = twilio::form::parse(text_of(vector, "raw_body"));
    BOOST_REQUIRE(parsed.has_value());
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& [name, value] : parsed->fields())
      pairs.emplace_back(name, value);
    BOOST_TEST((pairs == params_of(vector)), text_of(vector, "id"));
  }
}

BOOST_AUTO_TEST_CASE(we_sign_what_twilio_signs) {
  const auto file = json_file("twilio/signature_vectors.json");
  for (const auto& vector : file["vectors"].GetArray()) {
    const auto id = text_of(vector, "id");
    // signed with another token, tampered with afterwards, unsigned, or in the order of UTF-16
    if (id == "wrong-token" || id == "tampered-body" || id == "empty-signature" || id.starts_with("divergence"))
      continue;
    const auto params = twilio::form::from_pairs(params_of(vector));
    const core::secret token(text_of(vector, "auth_token"));
    BOOST_TEST(twilio::sign(token, text_of(vector, "signed_url"), params.fields()) == text_of(vector, "signature"), id);
  }
}

BOOST_AUTO_TEST_CASE(every_sample_webhook_is_accepted_and_says_what_it_should) {
  const auto file = json_file("twilio/webhook_samples.json");
  for (const auto& sample : file["samples"].GetArray()) {
    signed_webhook webhook;
    webhook.url = text_of(sample, "url");
    webhook.body = text_of(sample, "raw_body");
    webhook.signature = text_of(sample["headers"], "X-Twilio-Signature");
    webhook.auth_tokens = {file["meta"]["auth_token"].GetString()};
    BOOST_TEST(webhook.accepted(), text_of(sample, "id"));
    const auto params = twilio::form::parse(webhook.body).value();
    BOOST_TEST(params.fields().size() == sample["params"].MemberCount());
    for (const auto& param : sample["params"].GetObject())
      BOOST_TEST(params.get(param.name.GetString()) == param.value.GetString());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
