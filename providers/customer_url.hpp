#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::providers {

/// What a URL that a customer has set may look like.
struct customer_url_rule {
  bool allow_private = false; ///< http, any port and any address too: development only
  std::vector<uint16_t> ports = {443, 8443};
};

/// Where a request to the URL would go, as libcurl understands it: what is looked at is what is asked.
struct customer_url {
  std::string text; ///< to be given to libcurl
  std::string host; ///< lower case, without brackets
};

/// https, an allowed port, no user. The host must be written as libcurl understands it, so neither "0x7f.1" nor
/// "%6cocalhost", and be either a public address or a name with a dot in it and not at its end. What a name means is
/// only known when the connection is made (http_client_options::only_public). ec::invalid_configuration with a detail
/// for the customer, which does not repeat the URL.
core::expected<customer_url> read_customer_url(std::string_view url, const customer_url_rule& rule = {});

} // namespace trunkline::providers
