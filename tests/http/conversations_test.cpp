#include "http/path_number.hpp"
#include "http/shapes/channel.hpp"
#include "http/shapes/message.hpp"
#include "json/writer.hpp"
#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

namespace {

constexpr auto own = "co_01jd8w3k2v";
constexpr auto ana = "+15559876543";
const core::tenant_id foreign("co_foreign00001");

/// One conversation by WhatsApp, with one message.
struct conversing : node_fixture {
  conversing() {
    auto& channel = gateway.channel;
    channel.id.value = "ch_01jd8w";
    channel.tenant = gateway.company.tenant.id;
    channel.communication_type = "whatsapp";
    channel.twilio_number = core::phone_number("+15551234567");
    channel.user_phone_number = core::phone_number(ana);
    channel.profile_name = "Ana";
    channel.unread_count = 2;
    channel.created_at = channel.updated_at = channel.last_message_at = clock.now();
    channel.window_until = core::timestamp{clock.now().ms + core::whatsapp_window_ms};
    auto& message = channel.last_message.emplace();
    message.id.value = "msg_01jd8wz";
    message.tenant = channel.tenant;
    message.channel = channel.id;
    message.direction = "inbound";
    message.sender = "customer";
    message.communication_type = "whatsapp";
    message.twilio_number = channel.twilio_number;
    message.user_phone_number = channel.user_phone_number;
    message.content = "Hello!";
    message.status = "received";
    message.encoding = "GSM-7";
    message.created_at = message.updated_at = clock.now();
  }

  /// As the platform, which says of which company.
  std::shared_ptr<fake_exchange> ask_of(std::string method, std::string target, const std::string& company = own) {
    return ask(std::move(method), std::move(target), "", {{"X-Company-Id", company}});
  }
};

std::string shown(const core::message_record& message) {
  json::writer out;
  http::shapes::write_message(out, message);
  return out.take();
}

const std::string opt_outs = std::string("/api/companies/") + own + "/opt-outs";
const node_fixture::pairs json = {{"Content-Type", "application/json"}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(conversations, conversing)

BOOST_AUTO_TEST_CASE(a_channel_is_written_as_the_contract_has_it) {
  const auto request = ask_of("GET", "/api/channels/ch_01jd8w");
  BOOST_TEST(request->status() == 200);
  BOOST_TEST(request->answer().body ==
             R"({"id":"ch_01jd8w","company_id":"co_01jd8w3k2v","communication_type":"whatsapp",)"
             R"("twilio_number":"+15551234567","user_phone_number":"+15559876543","profile_name":"Ana",)"
             R"("last_message":)" +
                 shown(*gateway.channel.last_message) +
                 R"(,"unread_count":2,"opted_out":false,"whatsapp_window_expires_at":"2025-11-21T18:04:05.123Z",)"
                 R"("created_at":"2025-11-20T18:04:05.123Z","updated_at":"2025-11-20T18:04:05.123Z"})");
}

BOOST_AUTO_TEST_CASE(a_window_that_has_closed_is_none_and_so_is_a_name_that_nobody_knows) {
  clock.pass_ms(core::whatsapp_window_ms - 1);
  BOOST_TEST(ask_of("GET", "/api/channels/ch_01jd8w")->json()["whatsapp_window_expires_at"].IsString());
  clock.pass_ms(1);
  gateway.channel.profile_name.clear();
  gateway.channel.last_message.reset();
  const auto channel = ask_of("GET", "/api/channels/ch_01jd8w")->json();
  BOOST_TEST(channel["whatsapp_window_expires_at"].IsNull());
  BOOST_TEST((channel["profile_name"].IsNull() && channel["last_message"].IsNull()));
}

BOOST_AUTO_TEST_CASE(channels_are_filtered_and_their_cursor_belongs_to_company_and_filters) {
  const auto page = ask_of("GET", "/api/channels?communicationType=whatsapp&unread=true&limit=1");
  BOOST_TEST(page->json()["data"][0]["id"].GetString() == std::string("ch_01jd8w"));
  BOOST_TEST((gateway.asked_channels->unread_only && gateway.asked_channels->communication_type == "whatsapp"));
  const std::string cursor = page->json()["nextCursor"].GetString();
  const auto next = "/api/channels?communicationType=whatsapp&unread=true&cursor=" + cursor;
  BOOST_TEST(ask_of("GET", next)->status() == 200);
  BOOST_TEST((gateway.asked_page->after == std::pair(gateway.channel.last_message_at, gateway.channel.id.value)));
  BOOST_TEST(ask_of("GET", "/api/channels?communicationType=sms&unread=true&cursor=" + cursor)->code() ==
             "invalid_cursor");
  for (const auto* query : {"?communicationType=fax", "?unread=yes", "?color=red", "?limit=0"})
    BOOST_TEST(ask_of("GET", std::string("/api/channels") + query)->status() == 400, query);
  BOOST_TEST(!gateway.asked_channels->tenant.empty());
}

BOOST_AUTO_TEST_CASE(whoever_is_of_no_company_must_say_which_one) {
  const auto key = gateway.add_key(core::role::company_viewer, gateway.company.tenant.id);
  for (const auto* path :
       {"/api/channels", "/api/channels/ch_01jd8w", "/api/channels/ch_01jd8w/messages", "/api/messages/msg_01jd8wz"}) {
    BOOST_TEST(ask("GET", path)->code() == "company_required", path);
    BOOST_TEST(ask_of("GET", path, "co_nobody00000")->code() == "company_not_found", path);
    BOOST_TEST(ask_of("GET", path)->status() == 200, path);
    BOOST_TEST(ask_as(key, "GET", path)->status() == 200, path);
  }
}

BOOST_AUTO_TEST_CASE(another_companys_conversation_is_not_there) {
  const auto key = gateway.add_key(core::role::company_admin, foreign);
  for (const auto* path :
       {"/api/channels/ch_01jd8w", "/api/channels/ch_01jd8w/messages", "/api/messages/msg_01jd8wz"}) {
    const auto theirs = ask_as(key, "GET", path);
    BOOST_TEST(theirs->status() == 404, path);
    BOOST_TEST(theirs->code() == "not_found", path);
  }
  BOOST_TEST(ask_as(key, "POST", "/api/channels/ch_01jd8w/read")->status() == 404);
  BOOST_TEST(gateway.channel.unread_count == 2);
}

BOOST_AUTO_TEST_CASE(reading_is_an_administrators_to_say) {
  const auto viewer = gateway.add_key(core::role::company_viewer, gateway.company.tenant.id);
  BOOST_TEST(ask_as(viewer, "POST", "/api/channels/ch_01jd8w/read")->status() == 403);
  const auto admin = gateway.add_key(core::role::company_admin, gateway.company.tenant.id);
  const auto done = ask_as(admin, "POST", "/api/channels/ch_01jd8w/read");
  BOOST_TEST((done->status() == 204 && done->answer().body.empty()));
  BOOST_TEST(gateway.channel.unread_count == 0);
}

BOOST_AUTO_TEST_CASE(an_error_of_twilio_is_told_in_words_with_whose_move_it_is) {
  auto& message = *gateway.channel.last_message;
  message.error_code = 30007;
  auto told = ask_of("GET", "/api/messages/msg_01jd8wz")->json();
  BOOST_TEST(told["error_code"].GetInt() == 30007);
  BOOST_TEST(told["error_message"].GetString() == std::string("Message blocked by carrier"));
  BOOST_TEST(told["error_owner"].GetString() == std::string("company"));
  BOOST_TEST(told["error_action"].GetString() == std::string("Check message content for spam triggers"));
  message.error_code.reset();
  message.error_message = "The recipient has opted out";
  told = ask_of("GET", "/api/messages/msg_01jd8wz")->json();
  BOOST_TEST(told["error_message"].GetString() == message.error_message);
  BOOST_TEST((told["error_code"].IsNull() && told["error_owner"].IsNull() && told["error_action"].IsNull()));
}

BOOST_AUTO_TEST_CASE(somebody_is_opted_out_in_any_notation_and_opted_in_by_any_of_a_path) {
  const auto added = ask("POST", opt_outs, R"({"phoneNumber":"(555) 987-6543"})", json);
  BOOST_TEST(added->status() == 201);
  BOOST_TEST(added->json()["phoneNumber"].GetString() == std::string(ana));
  BOOST_TEST(added->json()["source"].GetString() == std::string("api"));
  BOOST_TEST(added->sent("Location") == opt_outs + "/" + ana);
  BOOST_TEST(ask("GET", opt_outs)->json()["data"].Size() == 1);
  for (const auto* path : {"/+15559876543", "/%2B15559876543", "/15559876543"}) {
    ask("POST", opt_outs, R"({"phoneNumber":"+15559876543"})", json);
    BOOST_TEST(ask("DELETE", opt_outs + path)->status() == 204, path);
    BOOST_TEST(ask("DELETE", opt_outs + path)->code() == "not_found", path);
  }
  BOOST_TEST(gateway.last_author.who.id == "key_platform");
}

BOOST_AUTO_TEST_CASE(what_is_no_number_opts_nobody_out) {
  for (const auto* body : {"{}", R"({"phoneNumber":"12"})", R"({"phoneNumber":5})", R"({"phoneNumber":null})",
                           R"({"phoneNumber":"+15559876543","source":"keyword"})"})
    BOOST_TEST(ask("POST", opt_outs, body, json)->status() == 400, body);
  BOOST_TEST(ask("POST", opt_outs, "{}")->status() == 415);
  for (const auto* path : {"/x", "/+", "/+1555x", "/1234567890123456", "/%2C1555"})
    BOOST_TEST(ask("DELETE", opt_outs + path)->status() == 404, path);
  BOOST_TEST(ask("POST", "/api/companies/co_nobody00000/opt-outs", R"({"phoneNumber":"+15559876543"})", json)->code() ==
             "company_not_found");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
