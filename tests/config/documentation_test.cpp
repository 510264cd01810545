#include "tests/config/config_folder.hpp"

#include <set>
#include <sstream>

// Tests run in the repository root.

namespace trunkline::config {

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  BOOST_REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The lines of .env.example with the `#` before every setting taken off.
std::string uncommented_example() {
  std::istringstream in(text_of(".env.example"));
  std::string out;
  for (std::string line; std::getline(in, line);)
    out += (line.starts_with("#T") ? line.substr(1) : line) + '\n';
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(documentation_test)

BOOST_AUTO_TEST_CASE(the_configuration_page_holds_the_table_of_the_program) {
  const auto page = text_of("docs/configuration.md");
  if (page.find(settings_as_markdown()) == std::string::npos)
    BOOST_ERROR("docs/configuration.md must hold:\n" + settings_as_markdown());
}

BOOST_AUTO_TEST_CASE(the_example_has_every_variable_and_every_default_in_it_is_true) {
  const auto example = text_of(".env.example");
  for (const auto& row : setting_table())
    if (row.key != "testing.failing_company")
      BOOST_TEST(example.find(fmt::format("\n#{}={}", row.variable, row.fallback)) != std::string::npos, row.variable);
  BOOST_TEST(tests::config_folder().dotenv(example).load().warnings.empty());
  BOOST_TEST(tests::config_folder().dotenv(uncommented_example()).load().warnings.empty());
}

BOOST_AUTO_TEST_CASE(keys_variables_and_documentation_are_complete_and_unique) {
  std::set<std::string_view> keys, variables;
  for (const auto& row : setting_table()) {
    BOOST_TEST(keys.insert(row.key).second, row.key);
    BOOST_TEST(variables.insert(row.variable).second, row.variable);
    BOOST_TEST((row.doc.ends_with('.') && !row.shape.empty()), row.key);
    settings s;
    BOOST_TEST(!row.set(s, row.fallback), row.key << " refuses its own default");
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::config
