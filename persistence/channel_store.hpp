#pragma once

#include "core/channel.hpp"
#include "core/error.hpp"
#include "core/query.hpp"

#include <memory>

namespace trunkline::persistence {

class session;

/// Conversations. They are made by touch_channels(), with the messages that they consist of.
class channel_store {
public:
  virtual ~channel_store() = default;

  /// By last message, the latest first.
  virtual core::expected<core::page<core::channel_record>> list(const core::channel_filter& filter,
                                                                const core::page_request& page) = 0;
  /// ec::not_found, for another company's as well.
  virtual core::expected<core::channel_record> find(const core::tenant_id& tenant, const core::channel_id& id) = 0;
  /// What was said in it, newest first; ec::not_found.
  virtual core::expected<core::page<core::message_record>>
  messages(const core::tenant_id& tenant, const core::channel_id& id, const core::page_request& page) = 0;
  /// Everything up to now has been read; ec::not_found.
  virtual core::expected<void> mark_read(const core::tenant_id& tenant, const core::channel_id& id,
                                         core::timestamp now) = 0;
};

std::unique_ptr<channel_store> make_channel_store(std::shared_ptr<session> connection);

} // namespace trunkline::persistence
