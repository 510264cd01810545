#pragma once

#include "persistence/statement.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::persistence {

/// How a column of text is sent. An array literal holds any text, but the server reads it twice, a character at a time;
/// values with a separator between them are cut several times as fast, and must not hold the separator.
enum class text_form : uint8_t { literal, separated };

/// Rows turned into columns: every column is one parameter that is built row by row.
class row_arrays {
public:
  static constexpr char separator = '\x1f'; // ASCII's own for this; in form parameters and XML it stands escaped

  row_arrays(std::vector<std::string_view> types, text_form form);

  void clear();
  /// One value of the next row, column by column.
  void add(std::string_view text);
  void add(long long number);
  void add(const nullable_int& number);
  template <class... Values>
  void add_row(const Values&... values) {
    (add(values), ...);
  }

  /// False after a text that the form can not hold: not to be executed.
  bool fits() const { return fits_; }

  /// As a statement sees them, "unnest(cast(:c7 as text[]), ...)", when the first is parameter number `first`.
  std::string as_table(size_t first) const;
  const std::vector<std::string>& columns() const { return columns_; }
  void close();

private:
  std::string& next();
  bool is_separated(size_t column) const { return form_ == text_form::separated && types_[column] == "text"; }

  text_form form_;
  bool fits_ = true;
  std::vector<std::string_view> types_;
  std::vector<std::string> columns_;
  size_t column_ = 0;
};

/// A prepared statement that takes whole tables. One stores a batch in one round trip, whatever its size.
class array_statement {
public:
  using types = std::initializer_list<std::string_view>;

  /// `text` has a "{}" for each table; `tables` are the types of their columns.
  array_statement(soci::session& sql, std::string_view text, const std::vector<types>& tables,
                  text_form form = text_form::literal);

  /// All tables empty.
  void clear();
  bool fits() const;
  row_arrays& table(size_t index) { return tables_[index]; }

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

  std::string text_;
  std::vector<row_arrays> tables_;
  bool prepared_ = false;
  soci::statement statement_;
};

} // namespace trunkline::persistence
