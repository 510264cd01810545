#include "json/reader.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::json {

namespace {

/// What a body that has these fields, each optional, is refused for: "pointer code" of every problem.
std::vector<std::string> problems_of(std::string_view text) {
  auto in = body::parse(text);
  core::error wrong;
  if (in) {
    auto fields = in->fields();
    if (auto f = fields.take("name"))
      f->text(1, 5);
    if (auto f = fields.take("rate"))
      f->integer(1, 100);
    if (auto f = fields.take("share"))
      f->number(0, 1);
    if (auto f = fields.take("on"))
      f->boolean();
    if (auto f = fields.take("mode"))
      f->one_of({"a", "b"});
    if (auto f = fields.take("list"))
      if (auto entries = f->array(0, 3))
        for (auto& e : *entries)
          e.integer(0, 9);
    fields.finish();
    wrong = in->refused().value_or(core::error{});
  } else {
    wrong = in.error();
  }
  std::vector<std::string> out;
  for (const auto& f : wrong.fields)
    out.push_back(f.pointer + " " + f.code);
  return out;
}

void refused(std::string_view text, const std::vector<std::string>& expected) {
  BOOST_TEST_CONTEXT(text.substr(0, 80)) {
    BOOST_TEST(problems_of(text) == expected, boost::test_tools::per_element());
  }
}

void accepted(std::string_view text) { refused(text, {}); }

} // namespace

BOOST_AUTO_TEST_SUITE(reader_test)

BOOST_AUTO_TEST_CASE(a_good_body_gives_its_values) {
  auto in = body::parse(R"({"name":"José ☎","rate":7,"share":0.1,"nothing":null})");
  BOOST_REQUIRE(in);
  auto fields = in->fields();
  BOOST_TEST(fields.require("name")->text(1, 10).value() == "José ☎");
  BOOST_TEST(fields.require("rate")->integer(1, 10).value() == 7);
  BOOST_TEST(fields.require("share")->number(0, 1).value() == 0.1);
  BOOST_TEST(fields.take("nothing")->is_null());
  BOOST_TEST(!fields.take("absent"));
  fields.finish();
  BOOST_TEST(!in->refused());
}

BOOST_AUTO_TEST_CASE(every_wrong_field_is_named_by_its_pointer) {
  refused(R"({"name":"","rate":"1","on":1,"mode":"c","list":[1,"x",12],"nmae":"x"})",
          {"/name invalid_length", "/rate invalid_type", "/on invalid_type", "/mode invalid_value",
           "/list/1 invalid_type", "/list/2 out_of_range", "/nmae unknown_field"});
}

BOOST_AUTO_TEST_CASE(a_number_is_in_its_range_and_of_its_kind) {
  accepted(R"({"rate":100,"share":1})");
  for (const auto wrong : {"-1", "0", "101", "9223372036854775808", "18446744073709551616", "-99999999999999999999"})
    refused(fmt::format(R"({{"rate":{}}})", wrong), {"/rate out_of_range"});
  for (const auto wrong : {"2.5", "2.0", "1e2", "\"1\"", "null", "true", "[]"})
    refused(fmt::format(R"({{"rate":{}}})", wrong), {"/rate invalid_type"});
  refused(R"({"share":1.0000001})", {"/share out_of_range"});
  for (const auto wrong : {"NaN", "Infinity", "1e309", "-1e309", "0x10", "01", "+1", ".5", "1."})
    refused(fmt::format(R"({{"share":{}}})", wrong), {" invalid_json"});
}

BOOST_AUTO_TEST_CASE(a_key_given_twice_is_refused_at_any_depth) {
  refused(R"({"rate":1,"rate":99})", {"/rate repeated_field"});
  refused(R"({"rate":1,"r\u0061te":99})", {"/rate repeated_field"});
  refused(R"({"list":[{"a/b":{"~":1,"~":2}}]})", {"/list/0/a~1b/~0 repeated_field"});
}

BOOST_AUTO_TEST_CASE(text_that_no_database_holds_is_refused) {
  refused(R"({"name":"a\u0000b"})", {"/name invalid_text"});
  refused(R"({"name":"\udc00"})", {"/name invalid_text"});
  refused(R"({"a\u0000":1})", {" invalid_text"});
  for (const auto wrong : {"\xC0\xAF", "\xED\xA0\x80", "\xFF", "\xF5\x80\x80\x80"})
    refused(fmt::format("{{\"name\":\"{}\"}}", wrong), {" invalid_json"});
  refused(R"({"name":"\ud800"})", {" invalid_json"});
  refused(std::string_view("{\"name\":\"a\0b\"}", 14), {" invalid_json"});
}

BOOST_AUTO_TEST_CASE(what_is_no_json_object_is_refused) {
  for (const auto wrong : {"", " ", "{", "}", "[]", "null", "1", "\"x\"", "{}{}", "{},", "{'a':1}", "{\"a\":1,}",
                           "{\"a\"}", "{/**/}", "{\"name\":\"a\nb\"}", "\xEF\xBB\xBF[]"})
    refused(wrong, {" invalid_json"});
  BOOST_TEST(body::parse("{\"a\": }").error().detail == "Not valid JSON at byte 6.");
}

BOOST_AUTO_TEST_CASE(nesting_has_a_limit_however_deep_it_goes) {
  const auto nested = [](size_t depth) {
    return "{\"x\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  refused(nested(32), {"/x unknown_field"});
  refused(nested(33), {" invalid_json"});
  refused("{\"x\":" + std::string(60'000, '['), {" invalid_json"});
  accepted(R"({"name":"[[[[\""})");
}

BOOST_AUTO_TEST_CASE(a_body_has_a_size_limit) {
  BOOST_TEST(!problems_of("{\"name\":\"" + std::string(65'000, 'x') + "\"}").empty());
  BOOST_TEST(
      (body::parse("{\"name\":\"" + std::string(66'000, 'x') + "\"}").error().code == core::ec::payload_too_large));
}

BOOST_AUTO_TEST_CASE(a_body_full_of_errors_gets_a_short_answer) {
  std::string hostile = "{";
  for (int i = 0; i < 5000; ++i)
    hostile += fmt::format("\"k{}\":0,", i);
  hostile.back() = '}';
  BOOST_TEST(problems_of(hostile).size() == 50);
  const auto long_name = problems_of("{\"" + std::string(60'000, '~') + "\":0}");
  BOOST_TEST(long_name.at(0).size() < 300);
}

BOOST_AUTO_TEST_CASE(a_missing_or_null_required_field_is_named) {
  auto in = body::parse(R"({"b":null})");
  auto fields = in->fields();
  BOOST_TEST(!fields.require("a"));
  BOOST_TEST(!fields.require("b"));
  BOOST_TEST(in->refused()->fields.size() == 2);
  BOOST_TEST(in->refused()->detail == "a: Is required. (1 more in errors.)");
}

BOOST_AUTO_TEST_CASE(the_detail_says_what_to_do) {
  const auto wrong = invalid_request({{"/forwardNumber", "invalid_phone_number", "Invalid phone number format"}});
  BOOST_TEST((wrong.code == core::ec::invalid_request));
  BOOST_TEST(wrong.detail == "forwardNumber: Invalid phone number format. Use E.164, for example +15551234567.");
}

BOOST_AUTO_TEST_CASE(length_is_counted_as_twilio_does) {
  accepted(R"({"name":"☎☎☎☎☎"})");
  refused(R"({"name":"😀😀😀"})", {"/name invalid_length"}); // two units each
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::json
