#include "persistence/postgresql_arrays.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

array_statement::array_statement(soci::session& sql, std::string_view text,
                                 std::initializer_list<std::string_view> types)
    : columns_(types.size()), statement_(sql) {
  std::string arrays;
  for (const auto type : types)
    arrays += fmt::format("{}cast(:c{} as {}[])", column_ == 0 ? "" : ", ", column_, type), ++column_;
  text_ = fmt::format(fmt::runtime(text), fmt::format("unnest({})", arrays));
  clear();
}

void array_statement::clear() {
  for (auto& column : columns_)
    column.assign(1, '{');
  column_ = 0;
}

std::string& array_statement::next() {
  auto& column = columns_[column_];
  column_ = (column_ + 1) % columns_.size();
  if (column.size() > 1)
    column += ',';
  return column;
}

void array_statement::add(std::string_view text) {
  auto& column = next();
  column += '"';
  for (auto special = text.find_first_of("\"\\"); special != std::string_view::npos;
       special = text.find_first_of("\"\\")) {
    column.append(text.substr(0, special));
    column += '\\';
    column += text[special];
    text.remove_prefix(special + 1);
  }
  column.append(text);
  column += '"';
}

void array_statement::add(long long number) { fmt::format_to(std::back_inserter(next()), "{}", number); }

void array_statement::add(const nullable_int& number) {
  if (number.get())
    add(number.value);
  else
    next() += "NULL";
}

void array_statement::prepare_once() {
  if (prepared_)
    return;
  for (const auto& column : columns_)
    bind_in(statement_, column);
  prepare(statement_, text_);
  prepared_ = true;
}

bool array_statement::query() {
  for (auto& column : columns_)
    column += '}';
  prepare_once();
  return statement_.execute(true);
}

long long array_statement::execute() {
  query();
  return statement_.get_affected_rows();
}

} // namespace trunkline::persistence
