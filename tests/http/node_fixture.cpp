#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

fake_gateway::fake_gateway() {
  company.tenant.id = core::tenant_id("co_01jd8w3k2v");
  company.tenant.name = "Acme Corporation";
  company.tenant.version = 3;
  company.config.hook = core::hook_token(node_fixture::hook);
  company.config.version = 5;
  set_signatures(core::signature_mode::enforce);
}

void fake_gateway::set_signatures(core::signature_mode mode) {
  persistence::tenant_door door;
  door.tenant = company.tenant.id;
  door.account_sid = node_fixture::account_sid;
  door.auth_token = core::secret(node_fixture::auth_token);
  door.signatures = mode;
  door.hook = company.config.hook;
  door.legacy_number = core::parse_phone_number(node_fixture::number, "US").value();
  numbers_.put(std::move(door));
}

void fake_gateway::ask(actors::load_profile question) {
  if (failed(question.answer))
    return;
  if (question.tenant != company.tenant.id)
    return question.answer(core::fail(core::ec::company_not_found));
  question.answer(company);
}

void fake_gateway::ask(actors::create_company question) {
  if (failed(question.answer))
    return;
  core::tenant_profile created;
  created.tenant = std::move(question.tenant);
  question.answer(std::move(created));
}

void fake_gateway::ask(actors::list_companies question) {
  asked_page = question.page;
  if (!failed(question.answer))
    question.answer(core::page<core::tenant_profile>{{company}, true});
}

void fake_gateway::ask(actors::put_config question) {
  if (!failed(question.answer))
    question.answer(std::move(question.config));
}

void fake_gateway::ask(actors::list_calls question) {
  asked_page = question.page;
  if (!failed(question.answer))
    question.answer(core::page<core::call_record>{});
}

void fake_gateway::ask(actors::find_call question) { question.answer(core::fail(core::ec::not_found)); }

void fake_gateway::ask(actors::list_messages question) {
  asked_page = question.page;
  if (!failed(question.answer))
    question.answer(core::page<core::message_record>{});
}

void fake_gateway::ask(actors::release_quarantine question) { question.answer(core::fail(core::ec::invalid_state)); }

actors::actor_tree fake_gateway::actors(const actors::actor_filter&) const {
  actors::actor_tree tree;
  tree.node = tree.root.id = "n1";
  tree.root.kind = "NODE";
  tree.root.state = "running";
  return tree;
}

node_fixture::node_fixture()
    : ctx{{twilio::public_url::parse(public_url).value(), std::string(public_url) + "/hooks/", "US",
           core::secret(admin_key), 4096},
          gateway,
          clock} {
  webhooks = http::serve(ctx, http::webhook_routes(ctx));
  api = http::serve(ctx, http::api_routes(ctx));
}

node_fixture::pairs node_fixture::call() {
  return {{"CallSid", "CA0123456789abcdef0123456789abcdef"},
          {"AccountSid", account_sid},
          {"From", "+12125559876"},
          {"To", number},
          {"CallStatus", "ringing"},
          {"Direction", "inbound"}};
}

node_fixture::pairs node_fixture::message() {
  return {{"MessageSid", "SM0123456789abcdef0123456789abcdef"},
          {"AccountSid", account_sid},
          {"From", "+12125559876"},
          {"To", number},
          {"Body", "hello"},
          {"NumMedia", "0"}};
}

std::string node_fixture::signature(const std::string& target, const pairs& params) {
  return twilio::sign(core::secret(auth_token), public_url + target, twilio::form::from_pairs(params).fields());
}

std::shared_ptr<fake_exchange> node_fixture::webhook(const std::string& target, const pairs& params) {
  auto request = a_request("POST", target, twilio::form_encode(params));
  request->with("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
      .with("X-Twilio-Signature", signature(target, params));
  return request;
}

std::shared_ptr<fake_exchange> node_fixture::send(const std::shared_ptr<fake_exchange>& request) {
  webhooks(request);
  return request;
}

std::shared_ptr<fake_exchange> node_fixture::ask(std::string method, std::string target, std::string body,
                                                 pairs headers) {
  auto request = a_request(std::move(method), std::move(target), std::move(body));
  request->with("Authorization", std::string("Bearer ") + admin_key);
  for (auto& [name, value] : headers)
    request->with(std::move(name), std::move(value));
  api(request);
  return request;
}

} // namespace trunkline::tests
