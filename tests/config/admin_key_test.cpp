#include "config/admin_key.hpp"
#include "tests/config/config_folder.hpp"

#include <sys/stat.h>

namespace trunkline::config {

namespace {

struct folder_of_a_node : tests::config_folder {
  config::settings node() {
    variable("TRUNKLINE_DATA_DIR", (path() / "var").string());
    return settings();
  }
  void key_file(std::string_view text, mode_t mode) {
    std::filesystem::create_directories(path() / "var");
    file("var/admin.key", text);
    chmod((path() / "var/admin.key").c_str(), mode);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(admin_key_test, folder_of_a_node)

BOOST_AUTO_TEST_CASE(a_key_is_made_once_and_kept_for_the_owner_alone) {
  const auto first = admin_key(node());
  BOOST_REQUIRE(first);
  BOOST_TEST(first->reveal().size() == 48u);
  struct stat facts {};
  BOOST_REQUIRE(stat(admin_key_file(node()).c_str(), &facts) == 0);
  BOOST_TEST((facts.st_mode & 0777) == 0600u);
  BOOST_TEST(admin_key(node())->equals(first->reveal()));
  BOOST_TEST(!std::filesystem::exists(path() / "var/admin.key.new"));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_configured_makes_no_file) {
  variable("TRUNKLINE_ADMIN_KEY", "0123456789abcdef");
  BOOST_TEST(admin_key(node())->equals("0123456789abcdef"));
  BOOST_TEST(!std::filesystem::exists(path() / "var"));
}

BOOST_AUTO_TEST_CASE(a_key_file_that_others_can_read_is_refused_with_the_remedy) {
  key_file("0123456789abcdef0123\n", 0644);
  const auto out = admin_key(node());
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error().detail.find("chmod 600") != std::string::npos);
  BOOST_TEST(out.error().detail.find("0123456789") == std::string::npos);
  key_file("0123456789abcdef0123\n", 0600);
  BOOST_TEST(admin_key(node())->equals("0123456789abcdef0123"));
}

BOOST_AUTO_TEST_CASE(an_empty_or_endless_key_file_is_refused) {
  for (const auto& wrong : {std::string(), std::string("short\n"), std::string(200, 'x')}) {
    key_file(wrong, 0600);
    BOOST_TEST(!admin_key(node()));
  }
}

BOOST_AUTO_TEST_CASE(a_folder_that_can_not_be_made_is_named) {
  file("file", "x");
  variable("TRUNKLINE_DATA_DIR", (path() / "file/var").string());
  const auto out = admin_key(settings());
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error().detail.find("file/var/admin.key") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::config
