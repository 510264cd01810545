// The same cases for both dialects; the fixture `fresh_database` says which.

#include "persistence/key_rotation.hpp"
#include "persistence/master_keys.hpp"
#include "tests/support/temp_folder.hpp"

#include <atomic>
#include <thread>

using namespace trunkline;
using namespace trunkline::tests;

namespace trunkline::tests {

inline constexpr core::timestamp day_of_rotation{1'700'000'500'000};

/// A database whose companies are sealed with a key from a file.
struct sealed_companies : fresh_database {
  temp_folder keys_at;
  const std::string key_path = keys_at.file("master.key");

  sealed_companies() {
    write_key_file("1:" + std::string(64, 'a') + "\n"); // the fixture's
    restart();
  }

  /// As after the start of a process; by default with the file.
  void restart(const core::secret& inline_keys = {}) {
    keys = must(persistence::vault::open(*db, inline_keys.empty() ? key_path : "", inline_keys));
    stores = persistence::make_stores(*db, keys);
  }

  core::tenant_id id_of(int n) const { return core::tenant_id(fmt::format("co_company{:06}", n)); }
  static std::string token_of(int n) { return fmt::format("token-of-company-{}", n); }

  void add_companies(int count) {
    for (int n = 0; n < count; ++n) {
      core::tenant tenant;
      tenant.id = id_of(n);
      tenant.name = "Acme";
      must(stores.tenants->create(tenant, somebody));
      put_token(*stores.tenants, n, token_of(n));
    }
  }

  void put_token(persistence::tenant_store& tenants, int n, const std::string& token) {
    core::tenant_config config;
    config.credentials.account_sid = "AC0123456789abcdef0123456789abcdef";
    config.credentials.auth_token = core::secret(token);
    config.credentials.api_secret = core::secret("api-secret-of-" + token);
    must(tenants.put_config(id_of(n), std::nullopt, config, day_of_rotation, somebody));
  }

  std::string token_in(int n) {
    const auto found = must(stores.tenants->find(id_of(n)));
    BOOST_TEST(found.config.credentials.api_secret.reveal() ==
               "api-secret-of-" + found.config.credentials.auth_token.reveal());
    return found.config.credentials.auth_token.reveal();
  }

  core::key_rotation rotate() {
    return must(persistence::rotate_master_key(*stores.rotation, day_of_rotation, somebody, [](const auto&) {}));
  }

  /// A rotation that is killed after so many parts.
  void rotate_and_die(int parts) {
    auto state = must(stores.rotation->begin(day_of_rotation, somebody));
    for (int i = 0; i < parts; ++i)
      state = must(stores.rotation->go_on(state));
    BOOST_REQUIRE(!state.finished);
  }

  std::string refusal(const std::string& path, const core::secret& inline_keys = {}) {
    const auto opened = persistence::vault::open(*db, path, inline_keys);
    BOOST_REQUIRE(!opened);
    return opened.error().detail;
  }

  std::string key_file_text() const {
    std::ifstream in(key_path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  void write_key_file(const std::string& text) const {
    std::ofstream(key_path) << text;
    std::filesystem::permissions(key_path, std::filesystem::perms(0600));
  }

  long long sealed_with(int version) {
    return count(fmt::format("select count(*) from company_config where data_key like '{0}:%' and auth_token like "
                             "'{0}:%' and api_secret like '{0}:%' and api_key = ''",
                             version));
  }
};

} // namespace trunkline::tests

namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

BOOST_FIXTURE_TEST_SUITE(key_rotation, sealed_companies)

BOOST_AUTO_TEST_CASE(after_a_rotation_everything_opens_with_the_new_key_alone) {
  add_companies(130);
  const auto old_keys = key_file_text();
  const auto done = rotate();
  BOOST_TEST((done.version == 2 && done.companies == 130 && done.done == 130));
  BOOST_TEST(sealed_with(2) == 130);
  BOOST_TEST(count("select count(*) from meta where name = 'key_check'") == 0);

  write_key_file(key_file_text().substr(old_keys.size())); // the second line only
  restart();
  BOOST_TEST(token_in(0) == token_of(0));
  BOOST_TEST(token_in(129) == token_of(129));
  BOOST_TEST(count("select count(*) from audit where action = 'master_key.rotate'") == 1);
}

BOOST_AUTO_TEST_CASE(a_rotation_can_be_repeated_and_new_companies_use_the_newest_key) {
  rotate();
  add_companies(2);
  BOOST_TEST(sealed_with(2) == 2);
  BOOST_TEST(rotate().version == 3);
  BOOST_TEST(sealed_with(3) == 2);
  BOOST_TEST(token_in(1) == token_of(1));
}

BOOST_AUTO_TEST_CASE(the_versions_of_a_configuration_do_not_change_by_a_rotation) {
  add_companies(1);
  const auto before = must(stores.tenants->find(id_of(0)));
  rotate();
  const auto after = must(stores.tenants->find(id_of(0)));
  BOOST_TEST((before.config.version == after.config.version && before.tenant.version == after.tenant.version));
}

BOOST_AUTO_TEST_CASE(a_rotation_killed_anywhere_is_finished_by_the_next_one) {
  add_companies(230);
  for (const int parts : {0, 1, 1}) {
    rotate_and_die(parts);
    restart();
    for (const int n : {0, 99, 100, 229})
      BOOST_TEST(token_in(n) == token_of(n));
  }
  const auto done = rotate();
  BOOST_TEST((done.version == 2 && done.companies == 230));
  BOOST_TEST(sealed_with(2) == 230);
  BOOST_TEST(count("select count(*) from meta where name like 'key_check%'") == 1);
}

BOOST_AUTO_TEST_CASE(a_key_that_was_written_but_never_announced_is_the_next_one) {
  add_companies(1);
  write_key_file(key_file_text() + "2:" + std::string(64, 'b') + "\n"); // killed before the database was told
  restart();
  BOOST_TEST(rotate().version == 2);
  BOOST_TEST(says(key_file_text(), "2:" + std::string(64, 'b')));
  BOOST_TEST(!says(key_file_text(), "3:"));
}

BOOST_AUTO_TEST_CASE(configurations_are_put_and_read_while_the_key_is_rotated) {
  constexpr int companies = 150, busy = 20;
  add_companies(companies);
  std::atomic<bool> stop{false};
  std::atomic<int> rounds{0}, failures{0};
  std::thread others([&] {
    auto mine = persistence::make_stores(*db, keys);
    for (int round = 0; !stop; rounds = ++round)
      for (int i = 0; i < busy && !stop; ++i) {
        const int n = i * companies / busy;
        core::tenant_config config;
        config.credentials.auth_token = core::secret(fmt::format("round-{}", round));
        const auto put = mine.tenants->put_config(id_of(n), std::nullopt, config, day_of_rotation, somebody);
        const auto read = mine.tenants->find(id_of(n));
        failures += !put || !read || !read->config.credentials.auth_token.equals(fmt::format("round-{}", round));
      }
  });
  while (rounds == 0)
    std::this_thread::yield();
  for (int version = 2; version <= 4; ++version)
    BOOST_TEST(rotate().version == version);
  stop = true;
  others.join();
  BOOST_TEST(failures == 0);
  BOOST_TEST(count("select count(*) from company_config where data_key like '4:%'") == companies);
  BOOST_TEST(token_in(1) == token_of(1));
}

BOOST_AUTO_TEST_CASE(companies_created_during_a_rotation_are_not_left_behind) {
  add_companies(10);
  std::atomic<bool> stop{false};
  std::atomic<int> made{0};
  std::thread others([&] {
    auto mine = persistence::make_stores(*db, keys);
    for (int n = 10; !stop; ++n, ++made) {
      core::tenant tenant;
      tenant.id = id_of(n);
      must(mine.tenants->create(tenant, somebody));
    }
  });
  while (made == 0)
    std::this_thread::yield();
  rotate();
  stop = true;
  others.join();
  BOOST_TEST(count("select count(*) from company_config where data_key not like '2:%'") == 0);
}

BOOST_AUTO_TEST_CASE(a_kept_answer_is_replayed_after_a_rotation) {
  must(stores.idempotency->begin("s", "k", "body", day_of_rotation, {0}, {0}));
  must(stores.idempotency->finish("s", "k", "the only time the key is shown"));
  rotate();
  BOOST_TEST(must(stores.idempotency->begin("s", "k", "body", day_of_rotation, {0}, {0})).answer.value() ==
             "the only time the key is shown");
  BOOST_TEST(count("select count(*) from idempotent_answer where answer like '2:%'") == 1);
  BOOST_TEST(count("select count(*) from meta where name = 'platform_key.1'") == 0);
}

BOOST_AUTO_TEST_CASE(the_key_of_an_old_backup_is_refused_with_what_to_do) {
  add_companies(1);
  const auto old_keys = key_file_text();
  rotate();
  write_key_file(old_keys);
  const auto words = refusal(key_path);
  BOOST_TEST(says(words, "sealed with version 2 of the master key"));
  BOOST_TEST(says(words, "newer backup"));
}

BOOST_AUTO_TEST_CASE(in_the_middle_of_a_rotation_both_keys_are_needed) {
  add_companies(110);
  const auto old_keys = key_file_text();
  rotate_and_die(1);
  const auto new_keys = key_file_text().substr(old_keys.size());
  write_key_file(new_keys);
  BOOST_TEST(says(refusal(key_path), "version 1"));
  write_key_file(old_keys);
  BOOST_TEST(says(refusal(key_path), "version 2"));
}

BOOST_AUTO_TEST_CASE(another_key_under_the_same_version_is_refused) {
  add_companies(1);
  rotate();
  write_key_file("2:" + std::string(64, 'c') + "\n");
  BOOST_TEST(says(refusal(key_path), "Version 2 of the master key in " + key_path + " is not the one"));
}

BOOST_AUTO_TEST_CASE(a_key_from_a_setting_is_rotated_once_a_newer_one_is_given_there) {
  add_companies(3);
  const auto first = key_file_text().substr(2, 64);
  restart(core::secret(first));
  const auto refused = stores.rotation->begin(day_of_rotation, somebody);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == core::ec::invalid_state));
  BOOST_TEST(says(refused.error().detail, "TRUNKLINE_MASTER_KEY"));
  BOOST_TEST(token_in(2) == token_of(2));
  restart(core::secret(first + ", 7:" + std::string(64, 'd')));
  BOOST_TEST(rotate().version == 7);
  restart(core::secret("7:" + std::string(64, 'd')));
  BOOST_TEST(token_in(2) == token_of(2));
}

BOOST_AUTO_TEST_CASE(another_node_opens_new_versions_once_it_has_the_file) {
  add_companies(1);
  const auto path = keys_at.file("other.key");
  std::filesystem::copy_file(key_path, path);
  const auto other_keys = must(persistence::vault::open(*db, path));
  auto other_node = persistence::make_stores(*db, other_keys);
  rotate();
  const auto missing = other_node.tenants->find(id_of(0));
  BOOST_REQUIRE(!missing);
  BOOST_TEST(says(missing.error().context, "version 2 of the master key is not in " + path));
  core::tenant tenant;
  tenant.id = id_of(1);
  BOOST_TEST(!other_node.tenants->create(tenant, somebody)); // nothing is sealed with a version that has gone
  std::filesystem::copy_file(key_path, path, std::filesystem::copy_options::overwrite_existing);
  must(other_keys.keys().reload());
  BOOST_TEST(must(other_node.tenants->find(id_of(0))).config.credentials.auth_token.reveal() == token_of(0));
}

BOOST_AUTO_TEST_CASE(two_rotations_that_begin_on_two_nodes_agree_on_one_key) {
  add_companies(110);
  const auto path = keys_at.file("other.key");
  std::filesystem::copy_file(key_path, path);
  auto elsewhere = persistence::make_stores(*db, must(persistence::vault::open(*db, path)));
  rotate_and_die(1);
  const auto refused = elsewhere.rotation->begin(day_of_rotation, somebody);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(says(refused.error().detail, "Copy the key from there"));
  BOOST_TEST(rotate().version == 2);
}

BOOST_AUTO_TEST_CASE(a_company_that_can_not_be_opened_keeps_the_old_key_needed_and_is_named) {
  add_companies(3);
  change(fmt::format("update company_config set auth_token = 'x' where company_id = '{}'", id_of(1).value));
  const auto ended = persistence::rotate_master_key(*stores.rotation, day_of_rotation, somebody, [](const auto&) {});
  BOOST_REQUIRE(!ended);
  BOOST_TEST(says(ended.error().detail, id_of(1).value));
  BOOST_TEST(sealed_with(2) == 2);
  restart();
  BOOST_TEST(token_in(0) == token_of(0));
}

BOOST_AUTO_TEST_SUITE_END()
