#pragma once

#include "core/query.hpp"
#include "http/exchange.hpp"
#include "http/query.hpp"
#include "json/writer.hpp"

#include <string>

namespace trunkline::http::shapes {

/// What a cursor is tied to: path and filters, without cursor and limit.
std::string scope_of(const exchange& request);

/// {"data":[...],"nextCursor":...}; `write_row` writes one row and returns its place (time, id).
template <class T, class Write>
std::string write_page(const core::page<T>& page, const std::string& scope, Write write_row) {
  json::writer out;
  std::optional<std::string> next;
  out.begin_object();
  out.key("data").begin_array();
  for (const auto& row : page.rows) {
    const auto [at, id] = write_row(out, row);
    if (page.more && &row == &page.rows.back())
      next = make_cursor(scope, at, id);
  }
  out.end_array();
  out.field("nextCursor", next);
  out.end_object();
  return out.take();
}

} // namespace trunkline::http::shapes
