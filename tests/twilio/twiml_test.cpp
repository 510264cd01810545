#include "core/utf8.hpp"
#include "tests/support/json_file.hpp"
#include "tests/twilio/xml_reader.hpp"
#include "twilio/twiml.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using twilio::twiml;

namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

void write(twiml& to, const xml_element& element) {
  to.open(element.name);
  for (const auto& [name, value] : element.attributes)
    to.attribute(name, value);
  to.text(element.text);
  for (const auto& child : element.children)
    write(to, child);
  to.close();
}

/// Says a text and gives it as an attribute, and reads both back.
std::pair<std::string, std::string> round_trip(std::string_view text) {
  twiml doc;
  doc.open("Say").attribute("voice", text).text(text).close();
  const auto root = xml_reader::read(std::move(doc).finish());
  BOOST_REQUIRE_EQUAL(root.children.size(), 1u);
  BOOST_REQUIRE_EQUAL(root.children[0].attributes.size(), 1u);
  return {root.children[0].attributes[0].second, root.children[0].text};
}

} // namespace

BOOST_AUTO_TEST_SUITE(twiml_writer)

BOOST_AUTO_TEST_CASE(every_vector_is_written_byte_for_byte) {
  const auto file = json_file("twilio/twiml_vectors.json");
  int compared = 0;
  for (const auto& vector : file["vectors"].GetArray()) {
    if (!vector["xml"].IsString())
      continue; // the builder it comes from throws
    const std::string xml = vector["xml"].GetString();
    twiml doc;
    for (const auto& verb : xml_reader::read(xml).children)
      write(doc, verb);
    BOOST_TEST(std::move(doc).finish() == xml, vector["id"].GetString());
    ++compared;
  }
  BOOST_TEST(compared == 13);
}

BOOST_AUTO_TEST_CASE(a_forwarded_call_is_written_as_in_its_vector) {
  twiml doc;
  doc.open("Record").attribute("action", "/r").attribute("maxLength", 120).attribute("playBeep", true).close();
  doc.open("Dial").attribute("timeout", int64_t{25}).attribute("answerOnBridge", false);
  doc.open("Number").attribute("url", "https://h/whisper?t=1&u=2").text("+15005550001");
  BOOST_TEST(std::move(doc).finish() ==
             std::string(declaration) +
                 "<Response><Record action=\"/r\" maxLength=\"120\" playBeep=\"true\"/><Dial timeout=\"25\" "
                 "answerOnBridge=\"false\"><Number url=\"https://h/whisper?t=1&amp;u=2\">+15005550001</Number></Dial>"
                 "</Response>");
}

BOOST_AUTO_TEST_CASE(nothing_written_is_an_empty_response) {
  BOOST_TEST(twiml().finish() == std::string(declaration) + "<Response/>");
  BOOST_TEST(twilio::empty_twiml() == std::string(declaration) + "<Response/>");
}

BOOST_AUTO_TEST_CASE(an_empty_attribute_stays_and_an_empty_text_closes_the_element) {
  twiml doc;
  doc.open("Gather").attribute("finishOnKey", "").text("").close();
  BOOST_TEST(std::move(doc).finish() == std::string(declaration) + "<Response><Gather finishOnKey=\"\"/></Response>");
}

BOOST_AUTO_TEST_CASE(hostile_text_is_read_back_as_it_was_written) {
  for (const std::string text :
       {"</Say><Redirect>http://evil</Redirect>", "\" onerror=\"x", "' '", "a & b &amp; c &#65;", "]]>",
        "<![CDATA[x]]>", "<!-- x -->", "line\nbreak", "tab\there", "carriage\rreturn\r\n", "  blanks  ",
        "Ol\xC3\xA1 \xF0\x9F\x91\x8B", "\xE2\x80\xAEoverride", "\x7F", "\xF0\x9F\xBF\xBE"}) {
    const auto [attribute, content] = round_trip(text);
    BOOST_TEST(attribute == text);
    BOOST_TEST(content == text);
  }
}

BOOST_AUTO_TEST_CASE(what_xml_cannot_hold_becomes_the_replacement_character) {
  const std::string fffd = "\xEF\xBF\xBD";
  const std::pair<std::string, std::string> table[] = {
      {std::string("a\0b", 3), "a" + fffd + "b"},
      {"\x01\x08\x0B\x0C\x0E\x1F", fffd + fffd + fffd + fffd + fffd + fffd},
      {"\xEF\xBF\xBE", fffd},
      {"x\xEF\xBF\xBFy", "x" + fffd + "y"},
      {"\xED\xA0\x80", fffd + fffd + fffd},
      {"\xC0\xAF", fffd + fffd},
      {"cut \xF0\x9F\x91", "cut " + fffd + fffd + fffd}};
  for (const auto& [text, expected] : table) {
    const auto [attribute, content] = round_trip(text);
    BOOST_TEST(attribute == expected);
    BOOST_TEST(content == expected);
  }
}

BOOST_AUTO_TEST_CASE(any_bytes_give_a_document_that_can_be_read) {
  uint32_t state = 1; // xorshift: the same bytes in every run
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 24; ++i) {
      state ^= state << 13, state ^= state >> 17, state ^= state << 5;
      text += static_cast<char>(state >> 24);
    }
    const auto [attribute, content] = round_trip(text);
    BOOST_TEST(attribute == content);
    BOOST_TEST(core::is_clean_utf8(content));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
