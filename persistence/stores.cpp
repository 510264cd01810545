#include "persistence/stores.hpp"

#include "persistence/statement.hpp"
#include "persistence/stores_internal.hpp"

namespace trunkline::persistence {

store_set make_stores(database& db, const vault& keys) {
  const std::shared_ptr<session> connection = db.connect();
  store_set set;
  set.tenants = make_tenant_store(connection, keys);
  set.calls = make_call_store(connection);
  set.messages = make_message_store(connection);
  set.channels = make_channel_store(connection);
  set.opt_outs = make_opt_out_store(connection);
  set.facts = make_tenant_facts_store(connection);
  set.access = make_access_store(connection);
  set.audit = make_audit_store(connection);
  set.idempotency = make_idempotency_store(connection, keys);
  set.alerts = make_alert_store(connection);
  set.outbox = make_outbox_store(connection);
  set.rotation = make_key_rotation_store(connection, keys);
  set.ping = [connection] {
    return connection->run("asking for a sign of life", access::read, [](soci::session& sql) -> core::expected<void> {
      int one = 0;
      fetch_row(sql, "select 1", std::tie(one));
      return {};
    });
  };
  return set;
}

} // namespace trunkline::persistence
