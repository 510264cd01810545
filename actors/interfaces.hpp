#pragma once

#include "actors/health_messages.hpp"
#include "actors/messages.hpp"
#include "actors/twilio_messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

namespace trunkline::actors {

/// A company. It alone holds what is needed to act for it.
using tenant_actor = caf::typed_actor<
    // Decides how the webhook is answered; the answer leaves once the INBOX has it on disk.
    caf::reacts_to<handle_webhook>,
    // INTERNAL: a STORE worker read what this company is, or failed to.
    caf::reacts_to<profile_loaded>,
    // The configuration was changed; every webhook after this message sees the new one.
    caf::reacts_to<profile_changed>>;

/// Supervisor of all companies on this node: spawns them on first use, restarts with back-off, quarantines, passivates.
using shards_actor = caf::typed_actor<
    // The slow path of a webhook: its company has no running actor, so one is spawned if it may run.
    caf::reacts_to<handle_webhook>,
    // A webhook whose actor has ended under it: goes to another one if there may be one, or else is stored and answered
    // with the safe chain.
    caf::reacts_to<answer_safely>,
    // Lets a quarantined company run again; ec::invalid_state if it is not quarantined.
    caf::reacts_to<release_quarantine>,
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
    // One round trip to the database.
    caf::reacts_to<ping_database>>;

/// The client of Twilio's API: never blocks, asks with a deadline, and stops asking for an account that fails.
using twilio_actor = caf::typed_actor<
    // The account as Twilio sees it, and how long it took to say so.
    caf::reacts_to<fetch_account>,
    // The number, if the account has it.
    caf::reacts_to<find_account_number>,
    // The sound of a recording.
    caf::reacts_to<fetch_recording>>;

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
    // INTERNAL: once a second, whatever is due.
    caf::reacts_to<look_after_health>,
    // INTERNAL: somebody has answered.
    caf::reacts_to<health_news>>;

} // namespace trunkline::actors

// None of these messages leaves the process, so none needs to be serialised.
#define TRUNKLINE_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::actors::type)
TRUNKLINE_LOCAL_MESSAGE(handle_webhook)
TRUNKLINE_LOCAL_MESSAGE(answer_safely)
TRUNKLINE_LOCAL_MESSAGE(profile_loaded)
TRUNKLINE_LOCAL_MESSAGE(profile_changed)
TRUNKLINE_LOCAL_MESSAGE(release_quarantine)
TRUNKLINE_LOCAL_MESSAGE(leave_companies)
TRUNKLINE_LOCAL_MESSAGE(look_for_left)
TRUNKLINE_LOCAL_MESSAGE(quarantine_lifted)
TRUNKLINE_LOCAL_MESSAGE(record_event)
TRUNKLINE_LOCAL_MESSAGE(load_profile)
TRUNKLINE_LOCAL_MESSAGE(create_company)
TRUNKLINE_LOCAL_MESSAGE(list_companies)
TRUNKLINE_LOCAL_MESSAGE(put_config)
TRUNKLINE_LOCAL_MESSAGE(set_tenant_state)
TRUNKLINE_LOCAL_MESSAGE(list_calls)
TRUNKLINE_LOCAL_MESSAGE(find_call)
TRUNKLINE_LOCAL_MESSAGE(list_messages)
TRUNKLINE_LOCAL_MESSAGE(ping_database)
TRUNKLINE_LOCAL_MESSAGE(forget_company)
TRUNKLINE_LOCAL_MESSAGE(check_numbers)
TRUNKLINE_LOCAL_MESSAGE(change_company)
TRUNKLINE_LOCAL_MESSAGE(remove_company)
TRUNKLINE_LOCAL_MESSAGE(purge_removed)
TRUNKLINE_LOCAL_MESSAGE(load_facts)
TRUNKLINE_LOCAL_MESSAGE(put_account_check)
TRUNKLINE_LOCAL_MESSAGE(list_conflicts)
TRUNKLINE_LOCAL_MESSAGE(sum_usage)
TRUNKLINE_LOCAL_MESSAGE(create_key)
TRUNKLINE_LOCAL_MESSAGE(find_key)
TRUNKLINE_LOCAL_MESSAGE(list_keys)
TRUNKLINE_LOCAL_MESSAGE(delete_key)
TRUNKLINE_LOCAL_MESSAGE(note_key_used)
TRUNKLINE_LOCAL_MESSAGE(put_user)
TRUNKLINE_LOCAL_MESSAGE(list_users)
TRUNKLINE_LOCAL_MESSAGE(delete_user)
TRUNKLINE_LOCAL_MESSAGE(sign_in)
TRUNKLINE_LOCAL_MESSAGE(find_session)
TRUNKLINE_LOCAL_MESSAGE(sign_out)
TRUNKLINE_LOCAL_MESSAGE(list_audit)
TRUNKLINE_LOCAL_MESSAGE(rotate_master_key)
TRUNKLINE_LOCAL_MESSAGE(rotate_further)
TRUNKLINE_LOCAL_MESSAGE(begin_idempotent)
TRUNKLINE_LOCAL_MESSAGE(finish_idempotent)
TRUNKLINE_LOCAL_MESSAGE(fetch_account)
TRUNKLINE_LOCAL_MESSAGE(find_account_number)
TRUNKLINE_LOCAL_MESSAGE(fetch_recording)
TRUNKLINE_LOCAL_MESSAGE(raise_alert)
TRUNKLINE_LOCAL_MESSAGE(resolve_alert)
TRUNKLINE_LOCAL_MESSAGE(list_open_alerts)
TRUNKLINE_LOCAL_MESSAGE(list_alerts)
TRUNKLINE_LOCAL_MESSAGE(acknowledge_alert)
TRUNKLINE_LOCAL_MESSAGE(take_deliveries)
TRUNKLINE_LOCAL_MESSAGE(finish_delivery)
TRUNKLINE_LOCAL_MESSAGE(read_health)
TRUNKLINE_LOCAL_MESSAGE(run_health)
TRUNKLINE_LOCAL_MESSAGE(cause_seen)
TRUNKLINE_LOCAL_MESSAGE(cause_gone)
TRUNKLINE_LOCAL_MESSAGE(company_changed)
TRUNKLINE_LOCAL_MESSAGE(look_after_health)
TRUNKLINE_LOCAL_MESSAGE(health_news)
TRUNKLINE_LOCAL_MESSAGE(commit_batch)
TRUNKLINE_LOCAL_MESSAGE(look_for_idle)
TRUNKLINE_LOCAL_MESSAGE(report_vitals)
#undef TRUNKLINE_LOCAL_MESSAGE
