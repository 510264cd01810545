// The same cases for both dialects; the fixture `fresh_database` says which.

using namespace trunkline;
using namespace trunkline::tests;

BOOST_FIXTURE_TEST_SUITE(database, fresh_database)

BOOST_AUTO_TEST_CASE(migrating_twice_changes_nothing) {
  core::tenant company;
  company.id = acme;
  company.name = "Acme";
  must(stores.tenants->create(company, somebody));
  const auto status = must(db->migrate());
  BOOST_TEST(status.current == status.wanted);
  BOOST_TEST(status.current >= 1);
  BOOST_TEST(must(stores.tenants->find(acme)).tenant.name == "Acme");
}

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused_with_both_versions) {
  change("update meta set value = '77' where name = 'trunkline_schema'");
  const auto refused = db->migrate();
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == core::ec::database_unavailable);
  BOOST_TEST(refused.error().detail.find("version 77") != std::string::npos);
  const auto ours = must(db->schema()).wanted;
  BOOST_TEST(refused.error().detail.find(fmt::format("version {}.", ours)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(somebody_elses_tables_are_refused) {
  change("delete from meta");
  const auto refused = db->migrate();
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().detail.find("not Trunkline's") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_fails_in_a_transaction_leaves_nothing_behind) {
  const auto connection = db->connect();
  const auto failed =
      connection->run("trying", persistence::access::write, [](soci::session& sql) -> core::expected<void> {
        persistence::execute(sql, "insert into meta (name, value) values ('half', 'done')");
        return core::fail(core::ec::invalid_state);
      });
  BOOST_CHECK(failed.error().code == core::ec::invalid_state);
  const auto thrown =
      connection->run("trying", persistence::access::write, [](soci::session& sql) -> core::expected<void> {
        persistence::execute(sql, "insert into meta (name, value) values ('half', 'done')");
        persistence::execute(sql, "insert into no_such_table values (1)");
        return {};
      });
  BOOST_CHECK(thrown.error().code == core::ec::database_unavailable);
  BOOST_TEST(count("select count(*) from meta where name = 'half'") == 0);
}

BOOST_AUTO_TEST_CASE(a_refused_value_does_not_appear_in_the_error) {
  const auto connection = db->connect();
  const std::string number = "+15551234567";
  const auto failed =
      connection->run("storing", persistence::access::write, [&](soci::session& sql) -> core::expected<void> {
        for (int twice = 0; twice < 2; ++twice)
          persistence::execute(sql, "insert into meta (name, value) values (:name, '')", number);
        return {};
      });
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.error().detail + failed.error().context).find(number) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
