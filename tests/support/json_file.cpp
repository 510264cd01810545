#include "tests/support/json_file.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

namespace trunkline::tests {

std::string text_file(const std::string& path_below_data) {
  std::ifstream in("tests/data/" + path_below_data, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(in, "no file tests/data/" + path_below_data);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

rapidjson::Document json_file(const std::string& path_below_data) {
  rapidjson::Document document;
  document.Parse(text_file(path_below_data));
  BOOST_REQUIRE(!document.HasParseError());
  return document;
}

} // namespace trunkline::tests
