#include "persistence/outbox_store.hpp"

#include "persistence/channel_touch.hpp"
#include "persistence/event_log.hpp"
#include "persistence/fence.hpp"
#include "persistence/message_row.hpp"
#include "persistence/outbox_sql.hpp"
#include "persistence/statement.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

namespace {

using namespace outbox;

std::optional<core::message_record> read_message(soci::session& sql, const std::string& id) {
  message_row row;
  const auto text = fmt::format("select {} from message where id = :id", message_columns);
  return fetch_row(sql, text, row.columns(), id) ? std::optional(row.record()) : std::nullopt;
}

core::expected<void> check(soci::session& sql, const core::message_record& message, const core::spend_day& spending) {
  const auto& company = message.tenant.value;
  if (is_opted_out(sql, company, message.user_phone_number))
    return core::fail(core::ec::recipient_opted_out, std::string(words_of(core::send_refusal::opted_out)));
  if (spending.cap &&
      spent(sql, company, spending.day).units + message.price.value_or(core::money{}).units > spending.cap->units)
    return core::fail(core::ec::spend_cap_reached, "The company's spend cap for today is reached. Raise dailySpendCap "
                                                   "in its Twilio configuration, or wait for tomorrow.");
  return {};
}

void insert(soci::session& sql, const core::outgoing_message& wanted, core::send_priority priority) {
  const auto& m = wanted.message;
  message_row row(m);
  std::string holes;
  for (size_t i = 0; i < std::tuple_size_v<decltype(row.columns())>; ++i)
    holes += fmt::format(":c{}, ", i);
  const auto text = fmt::format("insert into message ({}, content_sid, content_variables) values ({}:sid, :variables)",
                                message_columns, holes);
  std::apply(
      [&](const auto&... column) { execute(sql, text, column..., wanted.content_sid, wanted.content_variables); },
      row.columns());
  execute(
      sql,
      "insert into outbox (message_id, company_id, campaign_id, lane, recipient, state, priority, due_at, segments, "
      "cost, attempt, began_at, send_by, unknown_since, listings) values (:id, :company, :campaign, :lane, :to, "
      "'queued', :priority, :due, :segments, :cost, 0, 0, 0, 0, 0)",
      m.id.value, m.tenant.value, m.campaign_id, core::lane_of(m.communication_type, m.twilio_number),
      m.user_phone_number.str(), static_cast<int>(priority), m.created_at.ms, m.segments,
      m.price.value_or(core::money{}).units);
}

void begin_conversation(soci::session& sql, dialect kind, const core::message_record& m) {
  touch_channels(sql, kind, {channel_touch(m)});
  append_events({{m.tenant, core::live_event_type::new_message, m.id.value, m.channel, "", m.created_at},
                 {m.tenant, core::live_event_type::channel_updated, m.channel.value, m.channel, "", m.created_at}});
}

/// Of what Twilio lists, those that no message of the company is bound to.
std::vector<core::sent_candidate> unbound(soci::session& sql, const std::string& company,
                                          const std::vector<core::sent_candidate>& all) {
  std::vector<core::sent_candidate> free;
  std::string owner;
  for (const auto& one : all)
    if (!fetch_row(sql, "select id from message where company_id = :company and twilio_sid = :sid", std::tie(owner),
                   company, one.twilio_sid))
      free.push_back(one);
  return free;
}

void bind(soci::session& sql, dialect kind, const std::string& company, const core::message_id& id,
          const core::sent_candidate& to, core::timestamp now) {
  auto status = status_of_accepted(to.status);
  if (core::message_status_rank(status) < core::message_status_rank("sent"))
    status = "sent"; // it went out, which ranks above not knowing it
  step_messages(sql, kind, company,
                {{id.value, status, to.twilio_sid, to.error_code.value_or(0), {}, to.segments.value_or(0)}}, now);
  execute(sql, "delete from outbox where message_id = :id", id.value);
}

class sql_outbox_store final : public outbox_store {
public:
  explicit sql_outbox_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<core::message_record> enqueue(const core::outgoing_message& wanted, core::send_priority priority,
                                               const core::spend_day& spending) override {
    using result = core::expected<core::message_record>;
    return session_->run("queueing a message", access::write, [&](soci::session& sql) -> result {
      if (auto there = read_message(sql, wanted.message.id.value)) // somebody repeats what he could not hear the end of
        return *there;
      if (auto may = check(sql, wanted.message, spending); !may)
        return core::fail(std::move(may).error());
      insert(sql, wanted, priority);
      begin_conversation(sql, session_->kind(), wanted.message);
      return wanted.message;
    });
  }

  core::expected<core::send_orders> claim(const core::owned_shard& mine, const core::tenant_id& tenant,
                                          const core::send_wish& wish) override {
    using result = core::expected<core::send_orders>;
    return session_->run("claiming messages", access::write, [&](soci::session& sql) -> result {
      if (auto ours = fence(sql, mine); !ours)
        return core::fail(std::move(ours).error());
      return outbox::claim(sql, session_->kind(), tenant.value, wish);
    });
  }

  core::expected<void> settle(const core::owned_shard& mine, const core::tenant_id& tenant,
                              const std::vector<core::send_result>& results, const core::spend_day& spending,
                              const core::doubt_settings& doubts) override {
    return session_->run("settling messages", access::write, [&](soci::session& sql) -> core::expected<void> {
      if (auto ours = fence(sql, mine); !ours)
        return ours;
      outbox::settle(sql, session_->kind(), tenant.value, results, spending, doubts);
      return {};
    });
  }

  core::expected<core::doubt_end> resolve(const core::owned_shard& mine, const core::tenant_id& tenant,
                                          const core::doubtful_message& message,
                                          const std::optional<std::vector<core::sent_candidate>>& candidates,
                                          bool resend_unclear, const core::doubt_settings& doubts,
                                          core::timestamp now) override {
    using result = core::expected<core::doubt_end>;
    return session_->run("resolving a message", access::write, [&](soci::session& sql) -> result {
      if (auto ours = fence(sql, mine); !ours)
        return core::fail(std::move(ours).error());
      if (went_out_already(sql, message.id))
        return core::doubt_end::went_out;
      std::optional<std::vector<core::sent_candidate>> free;
      if (candidates)
        free = unbound(sql, tenant.value, *candidates);
      const auto verdict = core::judge_doubt(message, free, resend_unclear, doubts, now);
      apply(sql, tenant.value, message, verdict, now);
      return verdict.end;
    });
  }

  core::expected<core::message_record> decide(const core::tenant_id& tenant, const core::message_id& id, bool went_out,
                                              core::timestamp now) override {
    using result = core::expected<core::message_record>;
    return session_->run("deciding on a message", access::write, [&](soci::session& sql) -> result {
      auto there = read_message(sql, id.value);
      if (!there || there->tenant != tenant)
        return core::fail(core::ec::not_found, "No such message.");
      const auto changed =
          went_out
              ? execute(sql, "delete from outbox where message_id = :id and state in ('unknown', 'held')", id.value)
              : execute(sql,
                        "update outbox set state = 'queued', due_at = :now where message_id = :id and "
                        "state in ('unknown', 'held')",
                        now.ms, id.value);
      if (changed == 0)
        return core::fail(core::ec::invalid_state, "It is known what became of this message.");
      if (went_out)
        step_messages(sql, session_->kind(), tenant.value, {{id.value, "sent", {}, 0, {}, 0}}, now);
      return *read_message(sql, id.value);
    });
  }

  core::expected<std::vector<core::tenant_id>> due(core::timestamp now, size_t limit) override {
    using result = core::expected<std::vector<core::tenant_id>>;
    return session_->run("looking for what is due", access::read, [&](soci::session& sql) -> result {
      std::vector<core::tenant_id> found;
      core::tenant_id one;
      for_each_row(
          sql,
          "select company_id from outbox where due_at <= :now and state <> 'held' group by company_id "
          "order by min(due_at) limit :limit",
          std::tie(one.value), [&] { found.push_back(one); }, now.ms, static_cast<long long>(limit));
      return found;
    });
  }

private:
  /// A callback may have named it meanwhile.
  static bool went_out_already(soci::session& sql, const core::message_id& id) {
    const auto gone = execute(sql,
                              "delete from outbox where message_id = :id and exists (select 1 from message m where "
                              "m.id = outbox.message_id and m.twilio_sid <> '')",
                              id.value);
    return gone > 0;
  }

  void apply(soci::session& sql, const std::string& company, const core::doubtful_message& message,
             const core::doubt_verdict& verdict, core::timestamp now) const {
    const auto& id = message.id.value;
    switch (verdict.end) {
    case core::doubt_end::went_out:
      return bind(sql, session_->kind(), company, message.id, *verdict.as, now);
    case core::doubt_end::never_went:
      execute(sql, "update outbox set state = 'queued', due_at = :now where message_id = :id and state = 'unknown'",
              now.ms, id);
      return;
    case core::doubt_end::held:
      execute(sql, "update outbox set state = 'held' where message_id = :id and state = 'unknown'", id);
      return;
    case core::doubt_end::ask_again:
      execute(sql,
              "update outbox set due_at = :at, listings = listings + 1 where message_id = :id and state = 'unknown'",
              verdict.ask_at.ms, id);
    }
  }

  std::shared_ptr<session> session_;
};

} // namespace

std::unique_ptr<outbox_store> make_outbox_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_outbox_store>(std::move(connection));
}

} // namespace trunkline::persistence
