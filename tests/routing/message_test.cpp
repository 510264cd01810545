#include "core/utf8.hpp"
#include "tests/routing/company.hpp"

using namespace trunkline;
using namespace trunkline::tests;

namespace {

struct replying_company : company {
  replying_company() { config().auto_reply = "Thanks for <your> message & bye!"; }
};

std::string reply(const core::webhook_event& event) {
  const auto doc = document(event);
  return doc.has("Message") ? doc.at("Message").text : "";
}

pairs media(const std::string& count, int urls) {
  pairs params = {{"NumMedia", count}};
  for (int i = 0; i < urls; ++i)
    params.emplace_back("MediaUrl" + std::to_string(i), "https://api.example.com/ME" + std::to_string(i));
  return params;
}

} // namespace

BOOST_AUTO_TEST_SUITE(inbound_messages)

BOOST_AUTO_TEST_CASE(a_text_is_stored_in_the_channel_of_its_two_numbers) {
  const auto event = company{}.texted();
  BOOST_REQUIRE(event.message);
  const auto& message = *event.message;
  BOOST_TEST(message.tenant.value == "co_0123456789ab");
  BOOST_TEST(core::is_public_id(message.id.value, "msg_"));
  BOOST_TEST((message.channel == core::channel_of(message.tenant, "sms", core::phone_number("+15005550006"),
                                                  core::phone_number("+15005550001"))));
  BOOST_TEST(message.direction == "inbound");
  BOOST_TEST(message.sender == "customer");
  BOOST_TEST(message.communication_type == "sms");
  BOOST_TEST(message.twilio_number.str() == "+15005550006");
  BOOST_TEST(message.user_phone_number.str() == "+15005550001");
  BOOST_TEST(message.content == "Are you open?");
  BOOST_TEST(message.status == "received");
  BOOST_TEST(message.twilio_sid == "SM" + digits32);
  BOOST_TEST(message.encoding == "GSM-7");
  BOOST_TEST(message.segments == 1);
  BOOST_TEST((message.created_at == noon && message.updated_at == noon));
  BOOST_TEST((!event.call && !event.message_status && !event.opt_out));
}

BOOST_AUTO_TEST_CASE(the_same_sid_is_the_same_message_on_whatever_route_it_comes) {
  company acme;
  const auto first = acme.texted();
  acme.now.ms += 5000;
  const auto again = acme.told(webhook_kind::fallback, company::message_params());
  BOOST_TEST((first.message->id == again.message->id));
  BOOST_TEST((first.message->id != acme.texted({{"MessageSid", "MM" + digits32}}).message->id));
  acme.profile.tenant.id = core::tenant_id("co_another00000");
  BOOST_TEST((first.message->id != acme.texted().message->id));
}

BOOST_AUTO_TEST_CASE(whatsapp_is_told_by_its_addresses_and_has_channels_of_its_own) {
  const auto event = company{}.texted({{"From", "whatsapp:+15005550001"}, {"To", "whatsapp:+15005550006"}});
  BOOST_TEST(event.message->communication_type == "whatsapp");
  BOOST_TEST(event.message->user_phone_number.str() == "+15005550001");
  BOOST_TEST(event.message->twilio_number.str() == "+15005550006");
  BOOST_TEST((event.message->channel != company{}.texted().message->channel));
}

BOOST_AUTO_TEST_CASE(the_name_that_whatsapp_gives_its_sender_is_kept_as_text) {
  BOOST_TEST(company{}.texted({{"ProfileName", "Ana M\xC3\xBCller"}}).profile_name == "Ana M\xC3\xBCller");
  BOOST_TEST(company{}.texted().profile_name == "");
  BOOST_TEST(company{}.texted({{"ProfileName", std::string(5000, 'x')}}).profile_name.size() == 256u);
  BOOST_TEST(core::is_clean_utf8(company{}.texted({{"ProfileName", "\xED\xA0\x80"}}).profile_name));
}

BOOST_AUTO_TEST_CASE(pictures_are_kept_as_addresses) {
  BOOST_TEST(company{}.texted(media("2", 3)).message->media.size() == 2u);
  BOOST_TEST(company{}.texted(media("10", 12)).message->media.size() == 10u);
  BOOST_TEST(company{}.texted(media("3", 1)).message->media.size() == 1u);
  BOOST_TEST(company{}.texted(media("1", 1)).message->media[0] == "https://api.example.com/ME0");
}

BOOST_AUTO_TEST_CASE(a_nonsensical_number_of_pictures_means_none) {
  for (const auto* count : {"", "-1", "11", "999999999", "1e9", "99999999999999999999", "two"})
    BOOST_TEST(company{}.texted(media(count, 10)).message->media.empty(), count);
  BOOST_TEST(company{}.texted({{"NumMedia", "1"}, {"MediaUrl0", "file:///etc/passwd"}}).message->media.empty());
}

BOOST_AUTO_TEST_CASE(twilios_segment_count_is_believed_if_it_can_be_one) {
  const pairs emoji = {{"Body", "\xF0\x9F\x91\x8B"}};
  BOOST_TEST(company{}.texted(emoji).message->encoding == "UCS-2");
  BOOST_TEST(company{}.texted({{"NumSegments", "4"}}).message->segments == 4);
  const std::string long_text(161, 'a');
  for (const auto* count : {"", "0", "-1", "101", "many"})
    BOOST_TEST(company{}.texted({{"Body", long_text}, {"NumSegments", count}}).message->segments == 2, count);
}

BOOST_AUTO_TEST_CASE(a_text_that_is_not_utf8_is_stored_clean) {
  const auto event = company{}.texted({{"Body", "ol\xE1 \xED\xA0\x80 \xC0\xAF"}, {"From", "sip:\xFF@x"}});
  BOOST_TEST(core::is_clean_utf8(event.message->content));
  BOOST_TEST(event.message->content.starts_with("ol\xEF\xBF\xBD "));
  BOOST_TEST(core::is_clean_utf8(event.message->user_phone_number.str()));
}

BOOST_AUTO_TEST_CASE(a_company_with_an_automatic_reply_gives_it) {
  BOOST_TEST(reply(replying_company{}.texted()) == "Thanks for <your> message & bye!");
  BOOST_TEST(company{}.texted().answer.body == R"(<?xml version="1.0" encoding="UTF-8"?><Response/>)");
  replying_company silent;
  silent.config().auto_reply = "";
  BOOST_TEST(document(silent.texted()).verbs() == "");
}

BOOST_AUTO_TEST_CASE(stop_is_an_opt_out_start_takes_it_back_and_neither_is_replied_to) {
  for (const auto* word : {"STOP", " stop\n", "Unsubscribe"}) {
    const auto event = replying_company{}.texted({{"Body", word}});
    BOOST_REQUIRE(event.opt_out);
    BOOST_TEST(event.opt_out->number.str() == "+15005550001");
    BOOST_TEST(event.opt_out->opted_out);
    BOOST_TEST(reply(event) == "");
    BOOST_TEST(event.message.has_value());
  }
  const auto event = replying_company{}.texted({{"Body", "START"}});
  BOOST_REQUIRE(event.opt_out);
  BOOST_TEST(!event.opt_out->opted_out);
  BOOST_TEST(reply(event) == "");
}

BOOST_AUTO_TEST_CASE(help_is_left_to_twilio) {
  const auto event = replying_company{}.texted({{"Body", "HELP"}});
  BOOST_TEST(!event.opt_out);
  BOOST_TEST(reply(event) == "");
}

BOOST_AUTO_TEST_CASE(a_word_more_makes_it_an_ordinary_message) {
  const auto event = replying_company{}.texted({{"Body", "STOP please"}});
  BOOST_TEST(!event.opt_out);
  BOOST_TEST(reply(event) != "");
}

BOOST_AUTO_TEST_CASE(twilios_own_word_for_an_opt_out_wins_over_the_text) {
  BOOST_TEST(replying_company{}.texted({{"Body", "arret"}, {"OptOutType", "STOP"}}).opt_out->opted_out);
  BOOST_TEST(!replying_company{}.texted({{"Body", "oui"}, {"OptOutType", "START"}}).opt_out->opted_out);
  BOOST_TEST(reply(replying_company{}.texted({{"Body", "aide"}, {"OptOutType", "HELP"}})) == "");
}

BOOST_AUTO_TEST_CASE(a_sender_without_a_number_is_neither_opted_out_nor_replied_to) {
  for (const auto* from : {"", "Amazon", "anonymous"}) {
    BOOST_TEST(!replying_company{}.texted({{"From", from}, {"Body", "STOP"}}).opt_out);
    BOOST_TEST(reply(replying_company{}.texted({{"From", from}})) == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()
