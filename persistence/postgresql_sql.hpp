#pragma once

#include "persistence/inbox_batch.hpp"
#include "persistence/postgresql_arrays.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

/// What the inbox's statements for PostgreSQL have in common: columns, their types, and how a row meets its older self.
namespace trunkline::persistence::postgresql {

inline constexpr std::string_view text = "text", integer = "integer", bigint = "bigint", smallint = "smallint";

inline constexpr std::string_view event_columns =
    "company_id, kind, sid, status, sequence, step, received_at, params, answer_status, answer_type, answer_body, "
    "call_sid, receipt";
inline constexpr array_statement::types event_types = {text, text,    text, text, bigint, integer, bigint,
                                                       text, integer, text, text, text,   bigint};

/// Of the version of who is watched. A list that lives as long as the program, as the others.
inline constexpr array_statement::types version_types = {bigint};

/// Inserts nothing if others are watched than its second table says; behind a `v` of watch_version_sql. The tables'
/// places are the statement's to fill.
inline std::string insert_events_if_watched_alike() {
  return fmt::format("insert into webhook_event ({}) select * from {{}} as told where (select version from v) = "
                     "(select known from {{}} as k (known)) on conflict do nothing returning receipt",
                     event_columns);
}

inline constexpr array_statement::types call_types = {text,   text,   text,   text, text, text, text, integer, bigint,
                                                      bigint, bigint, bigint, text, text, text, text, text,    text};
/// The same with the receipt of the event that tells of the call.
inline constexpr array_statement::types told_call_types = {bigint, text,    text,   text,   text,   text,   text,
                                                           text,   integer, bigint, bigint, bigint, bigint, text,
                                                           text,   text,    text,   text,   text};

inline constexpr array_statement::types message_types = {
    text, text,   text, text, text,    text,   text,     text,     text,   text,   text,   text,  integer,
    text, bigint, text, text, integer, bigint, smallint, smallint, bigint, bigint, bigint, bigint};
/// With the receipt, and what WhatsApp calls the sender.
inline constexpr array_statement::types told_message_types = {
    bigint,  text, text,   text, text, text,    text,   text,     text,     text,   text,   text,   text,  text,
    integer, text, bigint, text, text, integer, bigint, smallint, smallint, bigint, bigint, bigint, bigint};

/// After "insert into call as c". Says the same as core::merge(). greatest() and least() pass over NULL, and text
/// compares by bytes.
inline constexpr std::string_view merge_call =
    "on conflict (company_id, id) do update set "
    "direction = greatest(c.direction, excluded.direction), from_party = greatest(c.from_party, excluded.from_party), "
    "to_party = greatest(c.to_party, excluded.to_party), "
    "status = case when (excluded.status_rank, excluded.status) > (c.status_rank, c.status) then excluded.status "
    "else c.status end, status_rank = greatest(c.status_rank, excluded.status_rank), "
    "started_at = least(c.started_at, excluded.started_at), answered_at = least(c.answered_at, excluded.answered_at), "
    "ended_at = greatest(c.ended_at, excluded.ended_at), "
    "duration_seconds = greatest(c.duration_seconds, excluded.duration_seconds), "
    "route_configured = greatest(c.route_configured, excluded.route_configured), "
    "step_1 = greatest(c.step_1, excluded.step_1), step_2 = greatest(c.step_2, excluded.step_2), "
    "step_3 = greatest(c.step_3, excluded.step_3), recording = greatest(c.recording, excluded.recording), "
    "transcription = greatest(c.transcription, excluded.transcription)";

inline void add_event(row_arrays& rows, const inbox_entry& entry) {
  const auto& event = *entry.event;
  const auto& key = event.key;
  rows.add_row(key.tenant.value, core::to_string(key.kind), key.sid, key.status, key.sequence, key.step,
               event.received_at.ms, event.params, event.answer.status, event.answer.content_type, event.answer.body,
               entry.call_sid, entry.receipt);
}

} // namespace trunkline::persistence::postgresql
