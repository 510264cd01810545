#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

node_fixture::node_fixture() : ctx{{}, gateway, clock} {
  ctx.settings.public_url = twilio::public_url::parse(public_url).value();
  ctx.settings.hooks_base = std::string(public_url) + "/hooks/";
  ctx.settings.admin_key = core::secret(admin_key);
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
  return ask_as(admin_key, std::move(method), std::move(target), std::move(body), std::move(headers));
}

std::shared_ptr<fake_exchange> node_fixture::ask_as(const std::string& key, std::string method, std::string target,
                                                    std::string body, pairs headers) {
  auto request = a_request(std::move(method), std::move(target), std::move(body));
  if (!key.empty())
    request->with("Authorization", "Bearer " + key);
  for (auto& [name, value] : headers)
    request->with(std::move(name), std::move(value));
  api(request);
  return request;
}

} // namespace trunkline::tests
