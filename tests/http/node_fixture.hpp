#pragma once

#include "http/routes.hpp"
#include "tests/http/fake_exchange.hpp"
#include "tests/http/fake_gateway.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trunkline::tests {

/// A front end before fake actors.
struct node_fixture : the_company {
  static constexpr auto admin_key = "tk_platform_admin_0123456789";
  static constexpr auto public_url = "https://gw.example.com";

  node_fixture();

  using pairs = std::vector<std::pair<std::string, std::string>>;

  /// The parameters of a call to the company.
  static pairs call();
  static pairs message();
  /// As Twilio would sign it.
  static std::string signature(const std::string& target, const pairs& params);
  /// A signed webhook as it arrives.
  static std::shared_ptr<fake_exchange> webhook(const std::string& target, const pairs& params);

  std::shared_ptr<fake_exchange> send(const std::shared_ptr<fake_exchange>& request);
  /// With the platform admin key.
  std::shared_ptr<fake_exchange> ask(std::string method, std::string target, std::string body = {}, pairs headers = {});

  /// With another key, or with none.
  std::shared_ptr<fake_exchange> ask_as(const std::string& key, std::string method, std::string target,
                                        std::string body = {}, pairs headers = {});

  fake_gateway gateway;
  core::manual_clock clock{core::timestamp{1'763'661'845'123}};
  http::context ctx;
  std::function<void(http::exchange_ptr)> webhooks, api;
};

} // namespace trunkline::tests
