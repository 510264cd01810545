#include "persistence/postgresql_arrays.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include <algorithm>

namespace trunkline::persistence {

row_arrays::row_arrays(std::vector<std::string_view> types, text_form form)
    : form_(form), types_(std::move(types)), columns_(types_.size()) {
  clear();
}

void row_arrays::clear() {
  for (size_t i = 0; i < columns_.size(); ++i)
    columns_[i].assign(is_separated(i) ? "" : "{");
  column_ = 0;
  fits_ = true;
}

void row_arrays::close() {
  for (size_t i = 0; i < columns_.size(); ++i)
    if (!is_separated(i))
      columns_[i] += '}';
}

/// The last value ends with a separator as well, because one empty text and no text at all would look the same: one
/// value too many, which is cut off.
std::string row_arrays::as_table(size_t first) const {
  std::string arrays;
  for (size_t i = 0; i < types_.size(); ++i) {
    arrays += i == 0 ? "" : ", ";
    if (is_separated(i))
      arrays += fmt::format("trim_array(string_to_array(cast(:c{} as text), E'\\x1f'), 1)", first + i);
    else
      arrays += fmt::format("cast(:c{} as {}[])", first + i, types_[i]);
  }
  return fmt::format("unnest({})", arrays);
}

std::string& row_arrays::next() {
  auto& column = columns_[column_];
  if (column.size() > 1 && !is_separated(column_))
    column += ',';
  column_ = (column_ + 1) % columns_.size();
  return column;
}

void row_arrays::add(std::string_view text) {
  const bool separated = is_separated(column_);
  auto& column = next();
  if (separated) {
    fits_ = fits_ && text.find(separator) == std::string_view::npos;
    column += text;
    column += separator;
    return;
  }
  column += '"';
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) // find_first_of() would search its two characters for every one of the text
    if (text[i] == '"' || text[i] == '\\') {
      column.append(text, done, i - done);
      column += '\\';
      done = i;
    }
  column.append(text, done);
  column += '"';
}

void row_arrays::add(long long number) { fmt::format_to(std::back_inserter(next()), "{}", number); }

void row_arrays::add(const nullable_int& number) {
  if (number.get())
    add(number.value);
  else
    next() += "NULL";
}

array_statement::array_statement(soci::session& sql, std::string_view text, const std::vector<types>& tables,
                                 text_form form)
    : statement_(sql) {
  size_t parameters = 0;
  fmt::dynamic_format_arg_store<fmt::format_context> names;
  for (const auto& columns : tables) {
    const auto& table = tables_.emplace_back(std::vector<std::string_view>(columns), form);
    names.push_back(table.as_table(parameters));
    parameters += columns.size();
  }
  text_ = fmt::vformat(text, names);
}

void array_statement::clear() {
  for (auto& table : tables_)
    table.clear();
}

bool array_statement::fits() const {
  return std::all_of(tables_.begin(), tables_.end(), [](const row_arrays& table) { return table.fits(); });
}

void array_statement::prepare_once() {
  if (prepared_)
    return;
  for (const auto& table : tables_)
    for (const auto& column : table.columns())
      bind_in(statement_, column);
  prepare(statement_, text_);
  prepared_ = true;
}

bool array_statement::query() {
  for (auto& table : tables_)
    table.close();
  prepare_once();
  return statement_.execute(true);
}

long long array_statement::execute() {
  query();
  return statement_.get_affected_rows();
}

} // namespace trunkline::persistence
