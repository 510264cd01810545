#pragma once

#include "actors/local_message.hpp"
#include "actors/reply.hpp"
#include "core/channel.hpp"
#include "core/opt_out.hpp"
#include "core/principal.hpp"
#include "core/query.hpp"

namespace trunkline::actors {

// Questions to a STORE worker about conversations, and about who is to be left alone.

struct find_message {
  core::tenant_id tenant;
  core::message_id message;
  reply<core::message_record> answer;
};

struct list_channels {
  core::channel_filter filter;
  core::page_request page;
  reply<core::page<core::channel_record>> answer;
};

struct find_channel {
  core::tenant_id tenant;
  core::channel_id channel;
  reply<core::channel_record> answer;
};

struct list_channel_messages {
  core::tenant_id tenant;
  core::channel_id channel;
  core::page_request page;
  reply<core::page<core::message_record>> answer;
};

struct mark_channel_read {
  core::tenant_id tenant;
  core::channel_id channel;
  reply<void> answer;
};

struct list_opt_outs {
  core::tenant_id tenant;
  core::page_request page;
  reply<core::page<core::opt_out>> answer;
};

struct add_opt_out {
  core::tenant_id tenant;
  core::phone_number number;
  core::author by;
  reply<core::opt_out> answer;
};

struct remove_opt_out {
  core::tenant_id tenant;
  core::phone_number number;
  core::author by;
  reply<void> answer;
};

} // namespace trunkline::actors

TRUNKLINE_LOCAL_MESSAGE(find_message)
TRUNKLINE_LOCAL_MESSAGE(list_channels)
TRUNKLINE_LOCAL_MESSAGE(find_channel)
TRUNKLINE_LOCAL_MESSAGE(list_channel_messages)
TRUNKLINE_LOCAL_MESSAGE(mark_channel_read)
TRUNKLINE_LOCAL_MESSAGE(list_opt_outs)
TRUNKLINE_LOCAL_MESSAGE(add_opt_out)
TRUNKLINE_LOCAL_MESSAGE(remove_opt_out)
