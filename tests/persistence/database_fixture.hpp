#pragma once

#include "persistence/database.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"
#include "persistence/stores.hpp"
#include "persistence/vault.hpp"
#include "tests/persistence/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace trunkline::tests {

/// The value, or a failed test that says why there is none.
template <class T>
T must(core::expected<T> result) {
  if (!result)
    BOOST_FAIL(result.error().detail + " / " + result.error().context);
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

/// A migrated database and what works on it; the two dialects differ in where it is.
template <class Place>
struct database_fixture : Place {
  std::unique_ptr<persistence::database> db = open();
  persistence::vault keys = persistence::vault::for_tests();
  persistence::store_set stores;
  std::unique_ptr<persistence::inbox_store> inbox;

  database_fixture() {
    must(db->migrate());
    keys = must(persistence::vault::open(*db, "", core::secret(std::string(64, 'a'))));
    stores = persistence::make_stores(*db, keys);
    inbox = persistence::make_inbox_store(*db);
  }

  std::unique_ptr<persistence::database> open() {
    return must(
        persistence::database::open({this->url, std::chrono::milliseconds(2000), std::chrono::milliseconds(2000)}));
  }

  std::vector<persistence::inbox_outcome> record(const std::vector<core::webhook_event>& events) {
    return must(inbox->record(pointers(events)));
  }

  long long count(const std::string& query) {
    const auto connection = db->connect();
    return must(
        connection->run("counting", persistence::access::read, [&](soci::session& sql) -> core::expected<long long> {
          long long n = -1;
          persistence::fetch_row(sql, query, std::tie(n));
          return n;
        }));
  }

  void change(const std::string& statement) {
    const auto connection = db->connect();
    must(connection->run("changing", persistence::access::write, [&](soci::session& sql) -> core::expected<void> {
      persistence::execute(sql, statement);
      return {};
    }));
  }

  core::call_record only_call() {
    auto page = must(stores.calls->list({acme, "", "", {}, {}, false}, {}));
    BOOST_REQUIRE_EQUAL(page.rows.size(), 1);
    return page.rows.front();
  }

  core::message_record message(int n) { return must(stores.messages->find(received_message(n, "").id)); }
};

/// Whether a text lies anywhere in the files of a folder.
inline bool found_in_files(const std::filesystem::path& folder, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file())
      continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string bytes(entry.file_size(), '\0'); // a server's log has many files of 16 MiB
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (::memmem(bytes.data(), bytes.size(), text.data(), text.size()))
      return true;
  }
  return false;
}

} // namespace trunkline::tests
