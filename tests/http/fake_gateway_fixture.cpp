#include "core/token_hash.hpp"
#include "tests/http/fake_gateway.hpp"

namespace trunkline::tests {

fake_gateway::fake_gateway() {
  company.tenant.id = core::tenant_id("co_01jd8w3k2v");
  company.tenant.name = "Acme Corporation";
  company.tenant.version = 3;
  company.config.hook = core::hook_token(the_company::hook);
  company.config.version = 5;
  set_signatures(core::signature_mode::enforce);
}

void fake_gateway::set_signatures(core::signature_mode mode) {
  auto door = the_door();
  door.signatures = mode;
  numbers_.put(std::move(door));
}

void fake_gateway::set_tokens(const std::string& current, const std::string& next) {
  auto door = the_door();
  door.auth_token = core::secret(current);
  door.next_auth_token = core::secret(next);
  numbers_.put(std::move(door));
}

persistence::tenant_door fake_gateway::the_door() const {
  persistence::tenant_door door;
  door.tenant = company.tenant.id;
  door.account_sid = the_company::account_sid;
  door.auth_token = core::secret(the_company::auth_token);
  door.hook = company.config.hook;
  door.legacy_number = core::parse_phone_number(the_company::number, "US").value();
  return door;
}

std::string fake_gateway::add_key(core::role role, const core::tenant_id& of) {
  auto key = core::new_token("tk_");
  keys[core::token_hash(key)] = {core::new_id("key_", 12), role, of, "", {}, {}};
  return key;
}

void fake_gateway::answer(actors::load_profile question) {
  if (question.tenant != company.tenant.id)
    return question.answer(core::fail(core::ec::company_not_found, "No such company."));
  question.answer(company);
}

void fake_gateway::answer(actors::list_alerts question) {
  asked_alerts = question.filter;
  asked_page = question.page;
  question.answer(core::page<core::alert>{{alert}, true});
}

void fake_gateway::answer(actors::acknowledge_alert question) {
  last_author = question.by;
  if (question.alert != alert.id)
    return question.answer(core::fail(core::ec::not_found, "No such alert."));
  if (alert.state == core::alert_state::resolved)
    return question.answer(core::fail(core::ec::invalid_state, "This alert is resolved."));
  alert.state = core::alert_state::acknowledged;
  question.answer(alert);
}

void fake_gateway::answer(actors::create_company question) {
  ++created;
  last_author = question.by;
  if (holds_answers)
    return held.push_back(std::move(question));
  core::tenant_profile made;
  made.tenant = std::move(question.tenant);
  question.answer(std::move(made));
}

void fake_gateway::answer(actors::list_companies question) {
  asked_page = question.page;
  const bool other = !question.filter.id.empty() && question.filter.id != company.tenant.id;
  question.answer(other ? core::page<core::tenant_profile>{} : core::page<core::tenant_profile>{{company}, true});
}

void fake_gateway::answer(actors::put_config question) {
  last_author = question.by;
  company.config = question.config;
  question.answer(std::move(question.config));
}

void fake_gateway::answer(actors::change_company question) {
  if (question.if_version && *question.if_version != company.tenant.version)
    return question.answer(core::fail(core::ec::etag_mismatch));
  company.tenant.name = question.change.name.value_or(company.tenant.name);
  company.tenant.menu_url = question.change.menu_url.value_or(company.tenant.menu_url);
  ++company.tenant.version;
  question.answer(company);
}

void fake_gateway::answer(actors::remove_company question) {
  if (question.tenant != company.tenant.id)
    return question.answer(core::fail(core::ec::company_not_found, "No such company."));
  core::error in_the_way{core::ec::company_has_numbers, "Release them first.", "", {}};
  in_the_way.lists = {{"numbers", {the_company::number}}, {"campaigns", {}}};
  question.answer(core::fail(in_the_way));
}

void fake_gateway::answer(actors::list_calls question) {
  asked_page = question.page;
  question.answer(core::page<core::call_record>{});
}

void fake_gateway::answer(actors::list_messages question) {
  asked_page = question.page;
  question.answer(core::page<core::message_record>{});
}

void fake_gateway::answer(actors::find_message question) {
  const bool there = channel.last_message && question.message == channel.last_message->id;
  if (!there || question.tenant != channel.tenant)
    return question.answer(core::fail(core::ec::not_found, "No such message."));
  question.answer(*channel.last_message);
}

void fake_gateway::answer(actors::list_channels question) {
  asked_channels = question.filter;
  asked_page = question.page;
  question.answer(core::page<core::channel_record>{{channel}, true});
}

void fake_gateway::answer(actors::find_channel question) {
  if (question.channel != channel.id || question.tenant != channel.tenant)
    return question.answer(core::fail(core::ec::not_found, "No such channel."));
  question.answer(channel);
}

void fake_gateway::answer(actors::list_channel_messages question) {
  asked_page = question.page;
  if (question.channel != channel.id || question.tenant != channel.tenant)
    return question.answer(core::fail(core::ec::not_found, "No such channel."));
  question.answer(core::page<core::message_record>{{*channel.last_message}, false});
}

void fake_gateway::answer(actors::mark_channel_read question) {
  if (question.channel != channel.id || question.tenant != channel.tenant)
    return question.answer(core::fail(core::ec::not_found, "No such channel."));
  channel.unread_count = 0;
  question.answer({});
}

void fake_gateway::answer(actors::list_opt_outs question) {
  core::page<core::opt_out> all;
  for (const auto& [number, entry] : opted_out)
    all.rows.push_back(entry);
  question.answer(std::move(all));
}

void fake_gateway::answer(actors::add_opt_out question) {
  last_author = question.by;
  question.answer(opted_out[question.number.str()] = {question.number, "api", {}});
}

void fake_gateway::answer(actors::remove_opt_out question) {
  last_author = question.by;
  if (opted_out.erase(question.number.str()) == 0)
    return question.answer(core::fail(core::ec::not_found, "This number has not opted out."));
  question.answer({});
}

void fake_gateway::answer(actors::release_quarantine question) { question.answer(core::fail(core::ec::invalid_state)); }

void fake_gateway::answer(actors::find_key question) {
  ++key_questions;
  const auto found = keys.find(question.hash);
  question.answer(found == keys.end() ? core::expected<core::api_key>(core::fail(core::ec::unauthenticated))
                                      : found->second);
}

void fake_gateway::answer(actors::create_key question) {
  keys[question.hash] = question.key;
  question.answer({});
}

void fake_gateway::answer(actors::delete_key question) {
  const auto gone = std::erase_if(keys, [&](const auto& entry) { return entry.second.id == question.id; });
  question.answer(gone > 0 ? core::expected<void>() : core::fail(core::ec::not_found));
}

void fake_gateway::answer(actors::sign_in question) {
  if (question.name != "ana" || !question.password.equals(the_company::password))
    return question.answer(core::fail(core::ec::unauthenticated));
  sessions[question.token_hash] = {"ana", core::role::company_admin, company.tenant.id, {}};
  question.answer(sessions[question.token_hash]);
}

void fake_gateway::answer(actors::find_session question) {
  const auto found = sessions.find(question.token_hash);
  question.answer(found == sessions.end() ? core::expected<core::console_user>(core::fail(core::ec::unauthenticated))
                                          : found->second);
}

void fake_gateway::answer(actors::sign_out question) {
  sessions.erase(question.token_hash);
  question.answer({});
}

void fake_gateway::answer(actors::begin_idempotent question) {
  const auto [at, first] = kept.try_emplace(question.scope + "|" + question.key, question.body_hash, "");
  if (first)
    return question.answer(core::idempotent_start{});
  if (at->second.first != question.body_hash)
    return question.answer(core::fail(core::ec::idempotency_key_reused));
  if (at->second.second.empty())
    return question.answer(core::fail(core::ec::idempotency_in_progress));
  question.answer(core::idempotent_start{at->second.second, {}});
}

void fake_gateway::answer(actors::finish_idempotent question) {
  const auto key = question.scope + "|" + question.key;
  if (question.kept.empty())
    kept.erase(key);
  else
    kept[key].second = question.kept;
  question.answer({});
}

void fake_gateway::answer(actors::fetch_account question) {
  asked_accounts.push_back(question.access);
  question.answer(account);
}

void fake_gateway::answer(actors::find_account_number question) {
  asked_accounts.push_back(question.access);
  if (!account_numbers.contains(question.number.str()))
    return question.answer(std::optional<actors::account_number>());
  actors::account_number found;
  found.sid = "PN0123456789abcdef0123456789abcdef";
  found.number = question.number;
  found.voice = found.sms = true;
  question.answer(std::optional(found));
}

void fake_gateway::ask(actors::read_actors question) {
  actors::actor_tree tree;
  tree.node = tree.root.id = "n1";
  tree.root.kind = "NODE";
  tree.root.state = "running";
  question.answer(std::vector{actors::node_actors{"n1", {}, tree}, actors::node_actors{"n2", "unreachable", {}}});
}

void fake_gateway::ask(actors::drain_node question) {
  if (question.node != "n1")
    return question.answer(core::fail(core::ec::not_found, "There is no such node."));
  drained.push_back(question.node);
  question.answer({});
}

} // namespace trunkline::tests
