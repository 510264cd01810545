#include "persistence/message_row.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

namespace {

constexpr int64_t always = std::numeric_limits<int64_t>::max();

class sql_message_store final : public message_store {
public:
  explicit sql_message_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<core::page<core::message_record>> list(const core::message_filter& filter,
                                                        const core::page_request& page) override {
    // An empty parameter means "any"; every name stands once, so some values are given twice.
    const std::string query =
        fmt::format("select {} from message where company_id = :company and (created_at, id) < (:at, :id) "
                    "and created_at >= :after and created_at < :before "
                    "and (:number = '' or twilio_number = :ours or user_phone_number = :theirs) "
                    "and (:status = '' or status = :stored) and (:direction = '' or direction = :way) "
                    "and (:campaign = '' or campaign_id = :origin) order by created_at desc, id desc limit :limit",
                    message_columns);
    using result = core::expected<core::page<core::message_record>>;
    return session_->run("listing messages", access::read, [&](soci::session& sql) -> result {
      const page_start start(page);
      std::vector<core::message_record> rows;
      message_row row;
      for_each_row(
          sql, query, row.columns(), [&] { rows.push_back(row.record()); }, filter.tenant.value, start.at, start.id,
          filter.after ? filter.after->ms : -always, filter.before ? filter.before->ms : always, filter.number,
          filter.number, filter.number, filter.status, filter.status, filter.direction, filter.direction,
          filter.campaign_id, filter.campaign_id, static_cast<long long>(page.limit + 1));
      return cut_page(std::move(rows), page.limit);
    });
  }

  core::expected<core::message_record> find(const core::message_id& id) override {
    const std::string query = fmt::format("select {} from message where id = :id", message_columns);
    return session_->run("finding a message", access::read,
                         [&](soci::session& sql) -> core::expected<core::message_record> {
                           message_row row;
                           if (!fetch_row(sql, query, row.columns(), id.value))
                             return core::fail(core::ec::not_found, "No such message.");
                           return row.record();
                         });
  }

private:
  std::shared_ptr<session> session_;
};

} // namespace

std::unique_ptr<message_store> make_message_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_message_store>(std::move(connection));
}

} // namespace trunkline::persistence
