#include "persistence/database.hpp"
#include "persistence/vault.hpp"
#include "tests/persistence/database_fixture.hpp"
#include "tests/support/temp_folder.hpp"

#include <filesystem>
#include <fstream>

using namespace trunkline;
using namespace trunkline::tests;

namespace {

struct vault_fixture {
  temp_folder folder;
  std::unique_ptr<persistence::database> db = new_database("one.db");
  const std::string key_path = folder.file("master.key");

  std::unique_ptr<persistence::database> new_database(const std::string& name) {
    auto made = must(persistence::database::open({"sqlite:" + folder.file(name)}));
    must(made->migrate());
    return made;
  }

  void write_key(const std::string& text, std::filesystem::perms mode = std::filesystem::perms(0600)) {
    std::ofstream(key_path) << text;
    std::filesystem::permissions(key_path, mode);
  }

  std::string refusal() {
    const auto opened = persistence::vault::open(*db, key_path);
    BOOST_REQUIRE(!opened);
    BOOST_CHECK(opened.error().code == core::ec::invalid_configuration);
    return opened.error().detail;
  }
};

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

BOOST_FIXTURE_TEST_SUITE(vault, vault_fixture)

BOOST_AUTO_TEST_CASE(the_first_start_makes_a_key_that_later_starts_use) {
  const auto first = must(persistence::vault::open(*db, key_path));
  BOOST_CHECK(std::filesystem::status(key_path).permissions() == std::filesystem::perms(0600));
  const auto data_key = must(first.new_data_key(acme, 1));
  const auto sealed = must(first.seal(data_key, acme, "auth_token", core::secret("open sesame")));
  const auto second = must(persistence::vault::open(*db, key_path));
  BOOST_TEST(must(second.unseal(data_key, acme, "auth_token", sealed)).reveal() == "open sesame");
}

BOOST_AUTO_TEST_CASE(a_lost_key_file_is_not_replaced_by_a_new_one) {
  must(persistence::vault::open(*db, key_path));
  std::filesystem::remove(key_path);
  BOOST_TEST(says(refusal(), "is missing"));
  BOOST_TEST(!std::filesystem::exists(key_path));
}

BOOST_AUTO_TEST_CASE(the_key_of_another_database_is_refused) {
  must(persistence::vault::open(*db, key_path));
  db = new_database("two.db");
  must(persistence::vault::open(*db, folder.file("other.key")));
  BOOST_TEST(says(refusal(), "not the one this database is sealed with"));
}

BOOST_AUTO_TEST_CASE(a_key_file_that_others_may_read_is_refused) {
  write_key(std::string(64, 'a'), std::filesystem::perms(0640));
  BOOST_TEST(says(refusal(), "chmod 600"));
}

BOOST_AUTO_TEST_CASE(a_key_of_the_wrong_length_is_refused_and_not_repeated) {
  for (const std::string text :
       {"", "abcdef", "00112233445566778899aabbccddeeff00112233445566778899aabbccddee", "not hex at all"}) {
    write_key(text);
    const auto words = refusal();
    BOOST_TEST(says(words, "32 bytes"));
    BOOST_TEST((text.empty() || !says(words, text)));
  }
}

BOOST_AUTO_TEST_CASE(a_key_may_be_hex_or_base64_or_given_without_a_file) {
  write_key(std::string(64, 'a') + "\n");
  must(persistence::vault::open(*db, key_path));
  must(persistence::vault::open(*db, "", core::secret(std::string(64, 'a'))));
  write_key("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n"); // 32 times 0xaa
  must(persistence::vault::open(*db, key_path));
}

BOOST_AUTO_TEST_CASE(an_empty_database_must_be_migrated_first) {
  db = must(persistence::database::open({"sqlite:" + folder.file("empty.db")}));
  BOOST_TEST(says(refusal(), "trunkline migrate"));
}

BOOST_AUTO_TEST_CASE(a_blob_opens_only_where_it_belongs) {
  const auto keys = persistence::vault::for_tests();
  const auto data_key = must(keys.new_data_key(acme, 1)), other_key = must(keys.new_data_key(other, 1));
  const auto sealed = must(keys.seal(data_key, acme, "auth_token", core::secret("open sesame")));
  BOOST_TEST(must(keys.unseal(data_key, acme, "auth_token", sealed)).reveal() == "open sesame");
  BOOST_CHECK(!keys.unseal(data_key, acme, "api_secret", sealed));
  BOOST_CHECK(!keys.unseal(data_key, other, "auth_token", sealed));
  BOOST_CHECK(!keys.unseal(other_key, other, "auth_token", sealed));
  BOOST_CHECK(!persistence::vault::for_tests().unseal(data_key, acme, "auth_token", sealed));
  for (size_t i = 0; i < sealed.size(); ++i) {
    auto damaged = sealed;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    BOOST_CHECK(!keys.unseal(data_key, acme, "auth_token", damaged));
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_sealed_as_nothing_and_the_same_twice_looks_different) {
  const auto keys = persistence::vault::for_tests();
  const auto data_key = must(keys.new_data_key(acme, 1));
  BOOST_TEST(must(keys.seal(data_key, acme, "auth_token", core::secret())).empty());
  BOOST_TEST(must(keys.unseal(data_key, acme, "auth_token", "")).empty());
  BOOST_TEST(must(keys.seal(data_key, acme, "auth_token", core::secret("x"))) !=
             must(keys.seal(data_key, acme, "auth_token", core::secret("x"))));
}

BOOST_AUTO_TEST_SUITE_END()
