#pragma once

#include "actors/health_messages.hpp"
#include "actors/messages.hpp"
#include "actors/outbox_messages.hpp"
#include "actors/store_interface.hpp"
#include "actors/twilio_messages.hpp"

#include <caf/typed_actor.hpp>

namespace trunkline::actors {

/// A company. It alone holds what is needed to act for it.
using tenant_actor = caf::typed_actor<
    // Decides how the webhook is answered; the answer leaves once the INBOX has it on disk.
    caf::reacts_to<handle_webhook>,
    // INTERNAL: a STORE worker read what this company is, or failed to.
    caf::reacts_to<profile_loaded>,
    // The configuration was changed; every webhook after this message sees the new one.
    caf::reacts_to<profile_changed>,
    // There may be messages to be sent: its OUTBOX looks.
    caf::reacts_to<look_for_messages>>;

/// A company's messages on their way out.
using outbox_actor = caf::typed_actor<
    // There may be messages to be sent.
    caf::reacts_to<look_for_messages>,
    // The configuration was changed.
    caf::reacts_to<profile_changed>,
    // INTERNAL: the time has come that it chose.
    caf::reacts_to<look_again>,
    // INTERNAL: what is to be sent now is committed as being sent.
    caf::reacts_to<messages_claimed>,
    // INTERNAL: Twilio has answered, or has not.
    caf::reacts_to<attempt_ended>,
    // INTERNAL: how attempts ended is on disk, or is not.
    caf::reacts_to<attempts_settled>,
    // INTERNAL: what was not is tried again.
    caf::reacts_to<settle_again>,
    // INTERNAL: what Twilio lists of a message of which nobody knows whether it went out.
    caf::reacts_to<doubt_examined>,
    // INTERNAL: what follows from it is on disk.
    caf::reacts_to<doubt_settled>>;

/// Wakes companies that have messages to send and do not know it: after a start, a crash, a change of owner.
using outbox_watch_actor = caf::typed_actor<
    // INTERNAL: once a second.
    caf::reacts_to<look_for_due>,
    // INTERNAL: who has something to do.
    caf::reacts_to<due_found>>;

/// Supervisor of all companies on this node: spawns them on first use, restarts with back-off, quarantines, passivates.
using shards_actor = caf::typed_actor<
    // The slow path of a webhook: its company has no running actor, so one is spawned if it may run.
    caf::reacts_to<handle_webhook>,
    // A webhook whose actor has ended under it: goes to another one if there may be one, or else is stored and answered
    // with the safe chain.
    caf::reacts_to<answer_safely>,
    // Lets a quarantined company run again; ec::invalid_state if it is not quarantined.
    caf::reacts_to<release_quarantine>,
    // The company may have messages to send: its actor is to look.
    caf::reacts_to<wake_company>,
    // The company has been removed: its actor ends, its slot is as new.
    caf::reacts_to<forget_company>,
    // Companies that another node is to have: their actors end when what they have in hand is answered.
    caf::reacts_to<leave_companies>,
    // INTERNAL: whether they have.
    caf::reacts_to<look_for_left>,
    // INTERNAL: the row says that the company is active again.
    caf::reacts_to<quarantine_lifted>,
    // INTERNAL: passivates companies that nobody has asked for a while.
    caf::reacts_to<look_for_idle>>;

/// Makes webhooks durable, many in one transaction.
using inbox_actor = caf::typed_actor<
    // Stores the event; its job is answered after the commit, with the first answer if the event is a duplicate.
    caf::reacts_to<record_event>,
    // INTERNAL: everything that arrived while the last batch was being committed is the next batch.
    caf::reacts_to<commit_batch>>;

/// The client of Twilio's API: never blocks, asks with a deadline, and stops asking for an account that fails.
using twilio_actor = caf::typed_actor<
    // The account as Twilio sees it, and how long it took to say so.
    caf::reacts_to<fetch_account>,
    // The number, if the account has it.
    caf::reacts_to<find_account_number>,
    // The sound of a recording.
    caf::reacts_to<fetch_recording>,
    // Sends a message, once at most.
    caf::reacts_to<send_message>,
    // What has been sent from a number to somebody.
    caf::reacts_to<list_sent_messages>>;

/// Watches what the node and its companies depend on, and is the notification centre.
using health_monitor_actor = caf::typed_actor<
    // What was found when everything was last checked, of everything or of one company.
    caf::reacts_to<read_health>,
    // Checks now; answered within 15 s with what was found by then. Who asks meanwhile hears the same.
    caf::reacts_to<run_health>,
    // Somebody has seen a cause for an alert.
    caf::reacts_to<cause_seen>,
    // The cause of an alert is gone.
    caf::reacts_to<cause_gone>,
    // A company's credentials may have changed: it is checked soon.
    caf::reacts_to<company_changed>,
    // INTERNAL: ten times a second, whatever is due.
    caf::reacts_to<look_after_health>,
    // INTERNAL: somebody has answered.
    caf::reacts_to<health_news>>;

} // namespace trunkline::actors
