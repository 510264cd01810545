#include "persistence/json_rows.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

std::string from_json_rows(dialect kind, std::initializer_list<json_column> columns) {
  const bool postgresql = kind == dialect::postgresql;
  std::string fields;
  int position = 0;
  for (const auto& [name, type] : columns) {
    const auto separator = position == 0 ? "" : ", ";
    if (!postgresql)
      fields += fmt::format("{}value ->> {} as {}", separator, position, name);
    else if (type == "bigint")
      fields += fmt::format("{}cast(e ->> {} as bigint) as {}", separator, position, name);
    else
      fields += fmt::format("{}e ->> {} as {}", separator, position, name);
    ++position;
  }
  return postgresql ? fmt::format("(select {} from jsonb_array_elements(cast(:rows as jsonb)) as e) as u", fields)
                    : fmt::format("(select {} from json_each(:rows)) as u", fields);
}

} // namespace trunkline::persistence
