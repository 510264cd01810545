#pragma once

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/query.hpp"
#include "http/exchange.hpp"
#include "http/query.hpp"
#include "json/writer.hpp"

#include <optional>
#include <string>

namespace trunkline::http::shapes {

/// The page of a list that is asked for.
struct wanted_page {
  core::page_request page;
  std::string scope; ///< what its cursors are tied to: path and filters, without cursor and limit
};

/// After all filters have been read from `query`; the failure may be one of theirs. `company`: if it is not in the
/// path.
core::expected<wanted_page> read_page(const exchange& request, query_reader& query,
                                      const core::tenant_id& company = {});
/// Of a list without filters.
core::expected<wanted_page> read_page(const exchange& request);

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
