#pragma once

#include "json/writer.hpp"
#include "persistence/database.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace trunkline::persistence {

/// One column of rows that are given to a statement as one text.
struct json_column {
  std::string_view name;
  std::string_view type; ///< "text" or "bigint"
};

/// What stands in a FROM clause where the rows are to be, as `u`; the text is bound to :rows. The same statement then
/// serves both dialects, once for all rows.
std::string from_json_rows(dialect kind, std::initializer_list<json_column> columns);

/// The rows: add() with one value per column, in their order.
class json_rows {
public:
  json_rows() { out_.begin_array(); }

  template <class... Values>
  void add(const Values&... values) {
    out_.begin_array();
    (out_.value(values), ...);
    out_.end_array();
    ++count_;
  }
  size_t count() const { return count_; }
  std::string take() {
    out_.end_array();
    return out_.take();
  }

private:
  json::writer out_;
  size_t count_ = 0;
};

} // namespace trunkline::persistence
