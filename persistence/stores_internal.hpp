#pragma once

#include "persistence/session.hpp"
#include "persistence/stores.hpp"
#include "persistence/vault.hpp"

#include <limits>

namespace trunkline::persistence {

// The stores of one worker share its session.
std::unique_ptr<tenant_store> make_tenant_store(std::shared_ptr<session> connection, const vault& keys);
std::unique_ptr<call_store> make_call_store(std::shared_ptr<session> connection);
std::unique_ptr<message_store> make_message_store(std::shared_ptr<session> connection);
std::unique_ptr<tenant_facts_store> make_tenant_facts_store(std::shared_ptr<session> connection);
std::unique_ptr<outbox_store> make_outbox_store(std::shared_ptr<session> connection);

/// Where a page begins, as every listing compares it: (time, id) < (at, id).
struct page_start {
  int64_t at = std::numeric_limits<int64_t>::max();
  std::string id;

  explicit page_start(const core::page_request& page) {
    if (page.after) {
      at = page.after->first.ms;
      id = page.after->second;
    }
  }
};

/// Listings ask for one row too many to learn whether there is another page.
template <class T>
core::page<T> cut_page(std::vector<T> rows, size_t limit) {
  core::page<T> page;
  page.more = rows.size() > limit;
  if (page.more)
    rows.resize(limit);
  page.rows = std::move(rows);
  return page;
}

} // namespace trunkline::persistence
