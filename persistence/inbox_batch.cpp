#include "persistence/inbox_batch.hpp"

#include "core/utf8.hpp"

#include <sodium.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace trunkline::persistence {

namespace {

auto order_of(const core::webhook_key& key) {
  return std::tuple<const std::string&, std::string_view, const std::string&, const std::string&, int64_t, int>(
      key.tenant.value, core::to_string(key.kind), key.sid, key.status, key.sequence, key.step);
}

/// Both databases would cut a text at a NUL, and PostgreSQL refuses ill-formed UTF-8 with the whole batch.
bool is_storable(const core::webhook_event& event) {
  const auto clean = [](const auto&... text) { return (core::is_clean_utf8(text) && ...); };
  if (!clean(event.key.tenant.value, event.key.sid, event.key.status, event.params, event.answer.content_type,
             event.answer.body))
    return false;
  if (const auto& c = event.call)
    if (!clean(c->call_sid, c->direction, c->from, c->to, c->status, c->route_configured, c->steps[0], c->steps[1],
               c->steps[2], c->recording, c->transcription))
      return false;
  if (const auto& m = event.message) {
    const bool media_clean = std::all_of(m->media.begin(), m->media.end(), clean);
    return media_clean && clean(m->id.value, m->twilio_number.str(), m->user_phone_number.str(), m->content, m->status,
                                m->twilio_sid, m->error_message, event.profile_name);
  }
  if (const auto& s = event.message_status)
    return clean(s->twilio_sid, s->status, s->message.value);
  return true;
}

std::string beside(const core::webhook_event& event) {
  return event.call && event.call->call_sid != event.key.sid ? event.call->call_sid : std::string();
}

void fold(message_change& mine, const core::message_status_change& change) {
  const long long rank = core::message_status_rank(change.status);
  if (rank > mine.status_rank) {
    mine.status_rank = rank;
    mine.status = change.status;
    mine.error_code = change.error_code ? nullable_int(std::optional<int64_t>(*change.error_code)) : mine.error_code;
  }
  mine.at = std::max<long long>(mine.at, change.at.ms);
  const std::optional<int64_t> at = change.at.ms;
  if (change.status == "sent" && (!mine.sent_at.get() || *at < mine.sent_at.value))
    mine.sent_at = nullable_int(at);
  if (change.status == "delivered" && (!mine.delivered_at.get() || *at < mine.delivered_at.value))
    mine.delivered_at = nullable_int(at);
}

void fold(opt_out_row& mine, const opt_out_row& next) {
  if (next.opted_out > mine.opted_out || next.changed_at > mine.changed_at)
    mine.opted_out = next.opted_out;
  mine.changed_at = std::max(mine.changed_at, next.changed_at);
}

/// Unlike all else, what was said last counts, and the clock does not always tell.
std::vector<opt_out_row> opt_outs_of(std::span<const inbox_entry> entries) {
  std::vector<const inbox_entry*> in_turn;
  for (const auto& entry : entries)
    if (entry.won && entry.event->opt_out)
      in_turn.push_back(&entry);
  std::sort(in_turn.begin(), in_turn.end(), [](const auto* a, const auto* b) { return a->arrived < b->arrived; });
  std::map<std::pair<std::string, std::string>, opt_out_row> by_number;
  for (const auto* entry : in_turn) {
    const auto& said = *entry->event->opt_out;
    const opt_out_row row{entry->event->key.tenant.value, said.number.str(), said.opted_out,
                          entry->event->received_at.ms};
    fold(by_number.try_emplace({row.company, row.number}, row).first->second, row);
  }
  std::vector<opt_out_row> rows;
  rows.reserve(by_number.size());
  for (auto& [number, row] : by_number)
    rows.push_back(std::move(row));
  return rows;
}

} // namespace

inbox_batch::inbox_batch(const std::vector<const core::webhook_event*>& events)
    : events_(events), entry_of_(events.size(), not_storable) {
  std::vector<size_t> sorted(events.size());
  std::iota(sorted.begin(), sorted.end(), size_t{0});
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](size_t a, size_t b) { return order_of(events[a]->key) < order_of(events[b]->key); });
  entries_.reserve(events.size());
  for (const size_t i : sorted) {
    if (!is_storable(*events[i]))
      continue;
    if (entries_.empty() || entries_.back().event->key != events[i]->key) {
      auto& entry = entries_.emplace_back();
      entry.event = events[i];
      entry.arrived = i;
      entry.call_sid = beside(*events[i]);
    }
    entry_of_[i] = entries_.size() - 1;
  }
}

void inbox_batch::start_again() {
  int64_t receipt = 0;
  randombytes_buf(&receipt, sizeof receipt);
  receipt &= 0x3fff'ffff'ffff'ffff; // room to count upwards
  for (auto& entry : entries()) {
    entry.receipt = receipt++;
    entry.won = false;
    entry.refused.reset();
  }
}

std::vector<inbox_outcome> inbox_batch::outcomes() const {
  std::vector<inbox_outcome> outcomes(events_.size());
  for (size_t i = 0; i < events_.size(); ++i) {
    if (entry_of_[i] == not_storable) {
      outcomes[i].refused =
          core::error{core::ec::malformed_webhook, "The webhook holds text that cannot be stored.", {}, {}};
      continue;
    }
    const auto& entry = entries_[entry_of_[i]];
    outcomes[i].duplicate = !entry.won || entry.event != events_[i];
    outcomes[i].answer = entry.won ? entry.event->answer : entry.stored_answer;
    outcomes[i].refused = entry.refused;
  }
  return outcomes;
}

inbox_facts::inbox_facts(std::span<const inbox_entry> entries) {
  using name = std::pair<std::string, std::string>;
  std::map<name, core::call_facts> by_call;
  std::map<std::string, std::pair<message_row, std::string>> by_message;
  std::map<name, message_change> by_sid;
  for (const auto& entry : entries) {
    if (!entry.won)
      continue;
    const auto& event = *entry.event;
    const auto& company = event.key.tenant.value;
    at = std::max(at, event.received_at.ms);
    if (event.call) {
      auto& facts = by_call[{company, event.call->call_sid}];
      facts = core::merge(std::move(facts), *event.call);
    }
    if (event.message)
      by_message.try_emplace(event.message->id.value, message_row(*event.message), event.profile_name);
    if (event.message_status) {
      auto& change = by_sid[{company, event.message_status->twilio_sid}];
      change.company = company, change.twilio_sid = event.message_status->twilio_sid;
      change.message = std::max(change.message, event.message_status->message.value);
      fold(change, *event.message_status);
    }
  }
  for (const auto& [key, facts] : by_call)
    calls.emplace_back(core::tenant_id(key.first), facts);
  std::sort(calls.begin(), calls.end(),
            [](const auto& a, const auto& b) { return std::tie(a.company, a.id) < std::tie(b.company, b.id); });
  for (auto& [id, told] : by_message) {
    touches.emplace_back(told.first, std::move(told.second));
    messages.push_back(std::move(told.first));
  }
  for (auto& [key, change] : by_sid)
    message_changes.push_back(std::move(change));
  opt_outs = opt_outs_of(entries);
}

void inbox_facts::keep_touches_of(const std::vector<std::string>& fresh) {
  if (fresh.size() != touches.size())
    std::erase_if(touches,
                  [&](const auto& touch) { return !std::binary_search(fresh.begin(), fresh.end(), touch.message); });
}

} // namespace trunkline::persistence
