#include "persistence/call_row.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>

#include <utility>

namespace trunkline::persistence {

namespace {

constexpr int64_t always = std::numeric_limits<int64_t>::max();

/// A call of which only later events are known has no start yet: it is listed last, as if it had started at 0.
constexpr std::string_view listed_at = "coalesce(started_at, 0)";

core::webhook_kind kind_from(std::string_view text) {
  using enum core::webhook_kind;
  for (const auto kind : {voice, dial, relay, whisper, fallback, sms, status, recording, transcription})
    if (core::to_string(kind) == text)
      return kind;
  return voice;
}

std::vector<core::stored_event> events_of(soci::session& sql, const std::string& company, const std::string& call_sid) {
  // Recordings and transcriptions have a SID of their own and name their call beside it.
  const std::string query =
      "select received_at, kind, params from webhook_event where company_id = :company and kind in "
      "('voice', 'dial', 'relay', 'whisper', 'fallback', 'status', 'recording', 'transcription') and sid = :sid "
      "union all select received_at, kind, params from webhook_event where company_id = :owner and call_sid = :call "
      "and call_sid <> '' order by received_at, kind limit 1000";
  std::vector<core::stored_event> events;
  core::stored_event event;
  std::string kind;
  for_each_row(
      sql, query, std::tie(event.at.ms, kind, event.params),
      [&] {
        event.kind = kind_from(kind);
        events.push_back(event);
      },
      company, call_sid, company, call_sid);
  return events;
}

class sql_call_store final : public call_store {
public:
  explicit sql_call_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<core::page<core::call_record>> list(const core::call_filter& filter,
                                                     const core::page_request& page) override {
    // An empty parameter means "any"; every name stands once, so some values are given twice.
    const std::string query = fmt::format(
        "select {0} from call where company_id = :company and ({1}, id) < (:at, :id) "
        "and {1} >= :after and {1} < :before "
        "and (:number = '' or from_party = :sender or to_party = :receiver) and (:status = '' or status = :stored) "
        "and (:voicemail = 0 or step_1 like '1|voicemail|taken|%' or step_2 like '1|voicemail|taken|%' "
        "or step_3 like '1|voicemail|taken|%') order by {1} desc, id desc limit :limit",
        call_columns, listed_at);
    using result = core::expected<core::page<core::call_record>>;
    return session_->run("listing calls", access::read, [&](soci::session& sql) -> result {
      const page_start start(page);
      std::vector<core::call_record> rows;
      call_row row;
      for_each_row(
          sql, query, row.columns(), [&] { rows.push_back(row.record()); }, filter.tenant.value, start.at, start.id,
          filter.after ? filter.after->ms : -always, filter.before ? filter.before->ms : always, filter.number,
          filter.number, filter.number, filter.status, filter.status, int{filter.voicemail_only},
          static_cast<long long>(page.limit + 1));
      return cut_page(std::move(rows), page.limit);
    });
  }

  core::expected<std::pair<core::call_record, std::vector<core::stored_event>>> find(const core::tenant_id& tenant,
                                                                                     const core::call_id& id) override {
    const std::string query = fmt::format("select {} from call where company_id = :company and id = :id", call_columns);
    using result = core::expected<std::pair<core::call_record, std::vector<core::stored_event>>>;
    return session_->run("finding a call", access::snapshot, [&](soci::session& sql) -> result {
      call_row row;
      if (!fetch_row(sql, query, row.columns(), tenant.value, id.value))
        return core::fail(core::ec::not_found, "No such call.");
      return std::pair(row.record(), events_of(sql, tenant.value, row.call_sid));
    });
  }

private:
  std::shared_ptr<session> session_;
};

} // namespace

std::unique_ptr<call_store> make_call_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_call_store>(std::move(connection));
}

} // namespace trunkline::persistence
