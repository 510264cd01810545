#include "persistence/inbox_events.hpp"

#include "persistence/json_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace trunkline::persistence {

namespace {

using core::live_event_type;

class collector {
public:
  collector(const inbox_facts& facts, const watched_companies::snapshot& watched) : facts_(facts), watched_(watched) {}

  bool wants(const std::string& company) const { return watched_.companies.contains(company); }
  void add(const std::string& company, live_event_type type, const std::string& subject, const std::string& channel) {
    found.push_back({core::tenant_id(company), type, subject, core::channel_id(channel), {}, {facts_.at}});
  }

  void add_messages() {
    std::vector<const channel_touch*> in_turn;
    for (const auto& touch : facts_.touches)
      if (wants(touch.company))
        in_turn.push_back(&touch);
    std::sort(in_turn.begin(), in_turn.end(),
              [](const auto* a, const auto* b) { return std::tie(a->at, a->message) < std::tie(b->at, b->message); });
    std::set<std::pair<std::string, std::string>> channels;
    for (const auto* touch : in_turn) {
      add(touch->company, live_event_type::new_message, touch->message, touch->channel);
      channels.emplace(touch->company, touch->channel);
    }
    for (const auto& [company, channel] : channels)
      add(company, live_event_type::channel_updated, channel, channel);
  }

  /// Twilio's name for a message says neither what it is called here nor where it belongs.
  void add_statuses(soci::session& sql, dialect kind) {
    json_rows rows;
    for (const auto& change : facts_.message_changes)
      if (wants(change.company))
        rows.add(change.company, change.twilio_sid);
    if (rows.count() == 0)
      return;
    std::string company, message, channel;
    for_each_row(
        sql,
        fmt::format("select m.company_id, m.id, m.channel_id from {} join message m on m.company_id = u.company_id and "
                    "m.twilio_sid = u.twilio_sid and m.twilio_sid <> '' order by m.id",
                    from_json_rows(kind, {{"company_id", "text"}, {"twilio_sid", "text"}})),
        std::tie(company, message, channel), [&] { add(company, live_event_type::message_status, message, channel); },
        rows.take());
  }

  void add_calls() {
    for (const auto& call : facts_.calls)
      if (wants(call.company))
        add(call.company, live_event_type::call_updated, call.id, {});
  }

  std::vector<core::live_event> found;

private:
  const inbox_facts& facts_;
  const watched_companies::snapshot& watched_;
};

} // namespace

std::vector<core::live_event> events_of(soci::session& sql, dialect kind, const inbox_facts& facts,
                                        const watched_companies::snapshot& watched) {
  if (watched.companies.empty())
    return {};
  collector all(facts, watched);
  all.add_messages();
  all.add_statuses(sql, kind);
  all.add_calls();
  return std::move(all.found);
}

} // namespace trunkline::persistence
