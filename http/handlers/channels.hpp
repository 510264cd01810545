#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

// The company is the key's, else the one of X-Company-Id.

/// GET /api/channels?communicationType=&unread=true: conversations, by last message
std::function<void(const exchange_ptr&)> list_channels(context& ctx);
/// GET /api/channels/{channelId}
std::function<void(const exchange_ptr&)> get_channel(context& ctx);
/// GET /api/channels/{channelId}/messages: newest first
std::function<void(const exchange_ptr&)> list_channel_messages(context& ctx);
/// POST /api/channels/{channelId}/read: 204, all of it up to now has been read
std::function<void(const exchange_ptr&)> mark_channel_read(context& ctx);

} // namespace trunkline::http::handlers
