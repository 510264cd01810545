#pragma once

#include "json/tenant_config.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

inline const std::string some_sid = "AC0123456789abcdef0123456789abcdef";
inline const std::string other_sid = "ACffffffffffffffffffffffffffffffff";
inline const std::string some_key = "SK0123456789abcdef0123456789abcdef";

/// A company whose configuration is PUT by bodies, as the API does it.
struct put_config {
  core::tenant_config config;
  core::error refusal; ///< of the last PUT that failed

  bool put(std::string_view body, std::string_view country = "US") {
    auto change = json::read_config_change(body, country);
    auto next = change ? json::apply(config, *change) : core::fail(change.error());
    if (next)
      config = std::move(*next);
    else
      refusal = next.error();
    return next.has_value();
  }

  /// Stored.
  void ok(std::string_view body) { BOOST_TEST(put(body), body << " was refused: " << refusal.detail); }

  /// 400 with exactly this one problem.
  void bad(std::string_view body, const std::string& pointer, const std::string& code) {
    BOOST_TEST_CONTEXT(body.substr(0, 100)) {
      BOOST_REQUIRE(!put(body));
      BOOST_TEST((refusal.code == core::ec::invalid_request));
      BOOST_REQUIRE(refusal.fields.size() == 1);
      BOOST_TEST(refusal.fields[0].pointer == pointer);
      BOOST_TEST(refusal.fields[0].code == code);
    }
  }

  /// 422 whose detail begins with the field.
  void breaks_rule(std::string_view body, const std::string& field) {
    BOOST_TEST_CONTEXT(body.substr(0, 100)) {
      BOOST_REQUIRE(!put(body));
      BOOST_TEST((refusal.code == core::ec::invalid_configuration));
      BOOST_TEST(refusal.detail.starts_with(field + ": "), refusal.detail);
    }
  }

  std::string get() const {
    json::writer out;
    json::write_config(out, config, {core::source_of(config, false), {}});
    return out.take();
  }

  void set_credentials() { ok(R"({"accountSid":")" + some_sid + R"(","authToken":"token-1"})"); }
};

} // namespace trunkline::tests
