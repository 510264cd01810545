#pragma once

#include "sim/json_writer.hpp"
#include "sim/table.hpp"
#include "sim/twilio_error.hpp"
#include "twilio/form.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace trunkline::sim {

/// Twilio's v2010 paging: newest first; a page token names the row after which ("PA") or before which ("PB") to go on,
/// so that rows that arrive meanwhile shift nothing.
struct page_request {
  int number = 0, size = 50;
  bool backwards = false;
  std::optional<int64_t> from_seq;
};

/// Page, PageSize (1..1000) and PageToken of a query. A Page above 0 without a token is refused: who makes up page
/// numbers loses rows, and a simulator should say so.
answer<page_request> parse_page_request(const twilio::form& query);

std::string page_token(bool backwards, int64_t seq);

template <class Row>
struct page {
  std::vector<std::shared_ptr<Row>> rows; ///< newest first
  bool more_after = false, more_before = false;
};

template <class Row, class Keep>
page<Row> cut_page(const std::deque<std::shared_ptr<Row>>& oldest_first, const page_request& wanted, Keep keep) {
  page<Row> cut;
  const auto size = static_cast<size_t>(wanted.size);
  const auto kept = [&](const auto& row) { return !row->deleted && keep(*row); };
  if (wanted.backwards) {
    for (auto row = oldest_first.begin(); row != oldest_first.end() && cut.rows.size() <= size; ++row)
      if ((*row)->seq > *wanted.from_seq && kept(*row))
        cut.rows.push_back(*row);
    cut.more_before = cut.rows.size() > size;
    cut.rows.resize(std::min(cut.rows.size(), size));
    std::ranges::reverse(cut.rows);
    cut.more_after = true;
    return cut;
  }
  for (auto row = oldest_first.rbegin(); row != oldest_first.rend() && cut.rows.size() <= size; ++row)
    if ((!wanted.from_seq || (*row)->seq < *wanted.from_seq) && kept(*row))
      cut.rows.push_back(*row);
  cut.more_after = cut.rows.size() > size;
  cut.rows.resize(std::min(cut.rows.size(), size));
  cut.more_before = wanted.from_seq.has_value();
  return cut;
}

/// The members that go around the rows of a list: uri, first_page_uri, next_page_uri, page, start, end, ...
struct page_frame {
  std::string path;
  const twilio::form* query; ///< its filters are carried on
  page_request wanted;
  size_t count = 0;
  std::optional<int64_t> next, previous; ///< seq to go on from
};

void write_frame(json_writer& json, const page_frame& frame);

template <class Row, class Keep, class Write>
response list_rows(const std::string& path, const twilio::form& query, const char* plural,
                   const std::deque<std::shared_ptr<Row>>& oldest_first, Keep keep, Write write) {
  const auto wanted = parse_page_request(query);
  if (!wanted)
    return to_response(wanted.error());
  const auto cut = cut_page(oldest_first, *wanted, keep);
  page_frame frame{path, &query, *wanted, cut.rows.size(), {}, {}};
  if (cut.more_after && !cut.rows.empty())
    frame.next = cut.rows.back()->seq;
  if (cut.more_before && !cut.rows.empty() && wanted->number > 0)
    frame.previous = cut.rows.front()->seq;
  json_writer json;
  json.object().key(plural).array();
  for (const auto& row : cut.rows)
    write(json, *row);
  json.end_array();
  write_frame(json, frame);
  json.end_object();
  return {200, std::move(json).text()};
}

} // namespace trunkline::sim
