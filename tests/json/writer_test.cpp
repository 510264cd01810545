#include "json/reader.hpp"
#include "json/writer.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace trunkline::json {

BOOST_AUTO_TEST_SUITE(writer_test)

BOOST_AUTO_TEST_CASE(values_have_the_forms_of_the_api) {
  writer out;
  out.begin_object()
      .field("text", "a \"quote\"\n")
      .field("yes", true)
      .field("count", 7)
      .field("big", std::numeric_limits<int64_t>::min())
      .field("share", 0.3333)
      .field("cost", core::money{750})
      .field("at", core::timestamp{1'763'659'445'123})
      .field("to", core::phone_number("+15551234567"))
      .field("gone", std::optional<std::string>())
      .field("there", std::optional<int>(3))
      .field("list", std::vector<std::string>{"a", "b"})
      .end_object();
  BOOST_TEST(out.take() == R"({"text":"a \"quote\"\n","yes":true,"count":7,"big":-9223372036854775808,"share":0.3333,)"
                           R"("cost":"0.00750","at":"2025-11-20T17:24:05.123Z","to":"+15551234567","gone":null,)"
                           R"("there":3,"list":["a","b"]})");
}

BOOST_AUTO_TEST_CASE(no_text_makes_the_answer_ill_formed) {
  for (const std::string_view hostile :
       {std::string_view("\xC0\xAF"), std::string_view("a\0b", 3), std::string_view("\xED\xA0\x80"),
        std::string_view("</script>\\\"\x01\x1f"), std::string_view()}) {
    writer out;
    out.begin_object().field("x", hostile).end_object();
    BOOST_TEST(body::parse(out.take()).has_value());
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_unknown) {
  writer out;
  out.begin_array().value(std::nan("")).value(std::numeric_limits<double>::infinity()).value(1.5).end_array();
  BOOST_TEST(out.take() == "[null,null,1.5]");
}

BOOST_AUTO_TEST_CASE(a_writer_can_be_used_again) {
  writer out;
  out.begin_object().end_object();
  BOOST_TEST(out.take() == "{}");
  out.begin_array().end_array();
  BOOST_TEST(out.take() == "[]");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::json
