#pragma once

#include "tests/persistence/database_fixture.hpp"
#include "tests/support/postgres.hpp"

namespace trunkline::tests {

struct postgresql_place {
  std::string url = postgres_server::instance().new_database();

  std::filesystem::path files() const { return postgres_server::instance().data_folder(); }
  void flush_files() { postgres_server::instance().checkpoint(); }
};

using fresh_database = database_fixture<postgresql_place>;

} // namespace trunkline::tests
