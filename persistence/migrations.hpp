#pragma once

#include <span>
#include <string_view>

namespace trunkline::persistence {

/// One numbered file of migrations/, embedded when the program was built.
struct migration {
  int number;
  std::string_view name, sql;
};

/// In order, numbered from 1 without gaps.
std::span<const migration> sqlite_migrations();
std::span<const migration> postgresql_migrations();

} // namespace trunkline::persistence
