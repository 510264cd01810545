#pragma once

#include "actors/access_messages.hpp"
#include "actors/channel_messages.hpp"
#include "actors/health_messages.hpp"
#include "actors/outbox_messages.hpp"
#include "actors/store_messages.hpp"

#include <caf/typed_actor.hpp>

namespace trunkline::actors {

/// A worker that may block: one database session, one question at a time.
using store_actor = caf::typed_actor<
    // The company and its configuration with unsealed credentials; ec::company_not_found.
    caf::reacts_to<load_profile>,
    // Stores a new company with the default configuration.
    caf::reacts_to<create_company>,
    // A page of companies, newest first.
    caf::reacts_to<list_companies>,
    // Replaces a configuration in one transaction; ec::etag_mismatch, ec::phone_number_taken.
    caf::reacts_to<put_config>,
    // Whether another company has one of the numbers; ec::phone_number_taken.
    caf::reacts_to<check_numbers>,
    // Changes a company's own fields; ec::etag_mismatch.
    caf::reacts_to<change_company>,
    // Removes a company that has no numbers; ec::company_has_numbers.
    caf::reacts_to<remove_company>,
    // INTERNAL: deletes what removed companies left, a part at a time.
    caf::reacts_to<purge_removed>,
    // Marks a company as quarantined or active.
    caf::reacts_to<set_tenant_state>,
    // What is known of a company besides its profile.
    caf::reacts_to<load_facts>,
    // Keeps what Twilio said of a company's account.
    caf::reacts_to<put_account_check>,
    // Numbers that more than one company has.
    caf::reacts_to<list_conflicts>,
    // What a company used in each of some spans of time.
    caf::reacts_to<sum_usage>,
    // A page of the call archive, newest first.
    caf::reacts_to<list_calls>,
    // One call with every webhook that told of it; ec::not_found.
    caf::reacts_to<find_call>,
    // A page of messages, newest first.
    caf::reacts_to<list_messages>,
    // One message; ec::not_found.
    caf::reacts_to<find_message>,
    // A page of conversations, by last message.
    caf::reacts_to<list_channels>,
    // One conversation; ec::not_found.
    caf::reacts_to<find_channel>,
    // A page of what was said in a conversation, newest first; ec::not_found.
    caf::reacts_to<list_channel_messages>,
    // Everything of a conversation has been read; ec::not_found.
    caf::reacts_to<mark_channel_read>,
    // A page of who is to be left alone, newest first.
    caf::reacts_to<list_opt_outs>,
    // Somebody is to be left alone.
    caf::reacts_to<add_opt_out>,
    // Somebody is not to be left alone any more; ec::not_found.
    caf::reacts_to<remove_opt_out>,
    // Keeps a new bearer key's hash.
    caf::reacts_to<create_key>,
    // Whose key this is; ec::unauthenticated.
    caf::reacts_to<find_key>,
    // A page of keys, newest first.
    caf::reacts_to<list_keys>,
    // The key opens nothing any more; ec::not_found.
    caf::reacts_to<delete_key>,
    // Notes when a key was last used.
    caf::reacts_to<note_key_used>,
    // Stores somebody who may sign in to the console; whoever had the name is replaced and signed out.
    caf::reacts_to<put_user>,
    // A page of users, newest first.
    caf::reacts_to<list_users>,
    // The user can not sign in any more and is signed out; ec::not_found.
    caf::reacts_to<delete_user>,
    // Begins a session if the password fits; ec::unauthenticated.
    caf::reacts_to<sign_in>,
    // Who has this session; ec::unauthenticated.
    caf::reacts_to<find_session>,
    // Ends a session.
    caf::reacts_to<sign_out>,
    // A page of the audit log, newest first.
    caf::reacts_to<list_audit>,
    // Seals all secrets anew with another master key, a part at a time; ec::invalid_state. It goes on although nobody
    // waits for the answer any more.
    caf::reacts_to<rotate_master_key>,
    // INTERNAL: the next part of it.
    caf::reacts_to<rotate_further>,
    // Takes an idempotency key; ec::idempotency_key_reused, ec::idempotency_in_progress.
    caf::reacts_to<begin_idempotent>,
    // Keeps the answer of whoever took it.
    caf::reacts_to<finish_idempotent>,
    // Opens an alert, or makes the one there is older; ec::company_not_found.
    caf::reacts_to<raise_alert>,
    // The cause of an alert is gone; answered with whether that ended one.
    caf::reacts_to<resolve_alert>,
    // All alerts that are not resolved.
    caf::reacts_to<list_open_alerts>,
    // A page of alerts, newest first.
    caf::reacts_to<list_alerts>,
    // Somebody has seen an alert; ec::not_found, ec::invalid_state for a resolved one.
    caf::reacts_to<acknowledge_alert>,
    // Alerts that are to be told to the outside now.
    caf::reacts_to<take_deliveries>,
    // One of them has been told, or is to be told again later.
    caf::reacts_to<finish_delivery>,
    // Stores a message that is to be sent; ec::recipient_opted_out, ec::spend_cap_reached.
    caf::reacts_to<enqueue_message>,
    // Takes messages out of the queue, to be sent now.
    caf::reacts_to<claim_messages>,
    // How attempts to send ended.
    caf::reacts_to<settle_messages>,
    // What Twilio shows of a message that may have gone out.
    caf::reacts_to<resolve_message>,
    // Somebody's word on one of these; ec::not_found, ec::invalid_state.
    caf::reacts_to<decide_message>,
    // Companies that have messages to send now.
    caf::reacts_to<list_due_companies>,
    // One round trip to the database.
    caf::reacts_to<ping_database>>;

} // namespace trunkline::actors
