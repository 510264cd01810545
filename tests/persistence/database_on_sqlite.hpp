#pragma once

#include "tests/persistence/database_fixture.hpp"
#include "tests/support/temp_folder.hpp"

namespace trunkline::tests {

struct sqlite_place {
  temp_folder folder;
  std::string url = "sqlite:" + folder.file("trunkline.db");

  std::filesystem::path files() const { return folder.path(); }
  void flush_files() {}
};

using fresh_database = database_fixture<sqlite_place>;

} // namespace trunkline::tests
