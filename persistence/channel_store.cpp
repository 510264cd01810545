#include "persistence/channel_store.hpp"

#include "persistence/channel_row.hpp"
#include "persistence/event_log.hpp"
#include "persistence/message_row.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

namespace {

auto no_such_channel() { return core::fail(core::ec::not_found, "No such channel."); }

class sql_channel_store final : public channel_store {
public:
  explicit sql_channel_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<core::page<core::channel_record>> list(const core::channel_filter& filter,
                                                        const core::page_request& page) override {
    // An empty parameter means "any"; every name stands once, so some values are given twice.
    const auto query =
        fmt::format("select {} from {} where c.company_id = :company and (c.last_message_at, c.id) < (:at, :id) "
                    "and (:type = '' or c.communication_type = :wanted) and (:unread = 0 or c.unread_count > 0) "
                    "order by c.last_message_at desc, c.id desc limit :limit",
                    read_channel_columns, read_channel_tables);
    using result = core::expected<core::page<core::channel_record>>;
    return session_->run("listing channels", access::snapshot, [&](soci::session& sql) -> result {
      const page_start start(page);
      std::vector<read_channel_row> rows;
      read_channel_row row;
      for_each_row(
          sql, query, row.columns(), [&] { rows.push_back(row); }, filter.tenant.value, start.at, start.id,
          filter.communication_type, filter.communication_type, int{filter.unread_only},
          static_cast<long long>(page.limit + 1));
      return cut_page(with_last_messages(sql, session_->kind(), rows), page.limit);
    });
  }

  core::expected<core::channel_record> find(const core::tenant_id& tenant, const core::channel_id& id) override {
    const auto query = fmt::format("select {} from {} where c.id = :id and c.company_id = :company",
                                   read_channel_columns, read_channel_tables);
    using result = core::expected<core::channel_record>;
    return session_->run("finding a channel", access::snapshot, [&](soci::session& sql) -> result {
      read_channel_row row;
      if (!fetch_row(sql, query, row.columns(), id.value, tenant.value))
        return no_such_channel();
      return std::move(with_last_messages(sql, session_->kind(), {row}).front());
    });
  }

  core::expected<core::page<core::message_record>> messages(const core::tenant_id& tenant, const core::channel_id& id,
                                                            const core::page_request& page) override {
    const auto query = fmt::format("select {} from message where channel_id = :channel and (created_at, id) < (:at, "
                                   ":id) order by created_at desc, id desc limit :limit",
                                   message_columns);
    using result = core::expected<core::page<core::message_record>>;
    return session_->run("reading a channel", access::snapshot, [&](soci::session& sql) -> result {
      if (!is_there(sql, tenant, id))
        return no_such_channel();
      const page_start start(page);
      std::vector<core::message_record> rows;
      message_row row;
      for_each_row(
          sql, query, row.columns(), [&] { rows.push_back(row.record()); }, id.value, start.at, start.id,
          static_cast<long long>(page.limit + 1));
      return cut_page(std::move(rows), page.limit);
    });
  }

  core::expected<void> mark_read(const core::tenant_id& tenant, const core::channel_id& id,
                                 core::timestamp now) override {
    return session_->run("marking a channel as read", access::write, [&](soci::session& sql) -> core::expected<void> {
      const auto changed = execute(sql,
                                   "update channel set unread_count = 0, updated_at = :now where id = :id and "
                                   "company_id = :company and unread_count > 0",
                                   now.ms, id.value, tenant.value);
      if (changed == 0 && !is_there(sql, tenant, id))
        return no_such_channel();
      if (changed > 0)
        append_events({{tenant, core::live_event_type::channel_updated, id.value, id, "", now}});
      return {};
    });
  }

private:
  static bool is_there(soci::session& sql, const core::tenant_id& tenant, const core::channel_id& id) {
    int one = 0;
    return fetch_row(sql, "select 1 from channel where id = :id and company_id = :company", std::tie(one), id.value,
                     tenant.value);
  }

  std::shared_ptr<session> session_;
};

} // namespace

std::unique_ptr<channel_store> make_channel_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_channel_store>(std::move(connection));
}

} // namespace trunkline::persistence
