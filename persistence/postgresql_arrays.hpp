#pragma once

#include "persistence/statement.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::persistence {

/// A prepared statement that takes whole columns: every parameter is an array literal that is built row by row. One
/// such statement stores a batch in one round trip, whatever its size.
class array_statement {
public:
  /// `text` has a "{}" where the arrays go, as "unnest(cast(:c0 as text[]), ...)"; `types` are their element types.
  array_statement(soci::session& sql, std::string_view text, std::initializer_list<std::string_view> types);

  void clear();
  /// One value of the next row, column by column.
  void add(std::string_view text);
  void add(long long number);
  void add(const nullable_int& number);

  /// Rows affected.
  long long execute();

  /// For statements with a result: the first row and the next ones, false when there is none.
  bool query();
  bool fetch() { return statement_.fetch(); }
  /// Binds the columns of the result, before the first query().
  template <class... Out>
  void define(Out&... out) {
    (bind_out(statement_, out), ...);
  }

private:
  void prepare_once();
  std::string& next();

  std::string text_;
  std::vector<std::string> columns_;
  size_t column_ = 0;
  bool prepared_ = false;
  soci::statement statement_;
};

} // namespace trunkline::persistence
