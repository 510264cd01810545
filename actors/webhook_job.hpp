#pragma once

#include "actors/reply.hpp"
#include "actors/ticket.hpp"
#include "core/webhook_event.hpp"
#include "routing/decide.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace trunkline::actors {

using webhook_reply = reply<core::webhook_answer>;

/// A webhook that has passed the door, on its way to its company's actor. If the actor dies with the job in its
/// mailbox, `rescue` gets the job once more, so that it is stored and answered all the same.
struct webhook_job {
  core::request_id request;
  core::webhook_key key;
  routing::incoming_webhook webhook;
  core::timestamp received_at;
  webhook_reply reply;
  ticket in_flight; ///< counts the webhook as in flight for its company
};

using job_ptr = std::shared_ptr<webhook_job>;

/// Wraps a job so that it is never lost: when the last holder lets go of it unanswered, `rescue` is called with it, but
/// only the first time.
job_ptr make_rescuable(webhook_job job, std::function<void(job_ptr)> rescue);

} // namespace trunkline::actors
