#pragma once

#include "core/error.hpp"
#include "core/tenant_config.hpp"
#include "json/config_change.hpp"
#include "json/writer.hpp"

namespace trunkline::json {

// -- as the database keeps it -----------------------------------------------------------------------------------------

/// The settings without credentials, `numbers`, hook, version and last_updated (the legacy number is in it). The
/// members have the names of the API.
std::string write_settings(const core::tenant_config& config);

/// The same back; what write_settings() leaves out has its default. Members of a newer version are passed over, missing
/// ones take their defaults. ec::internal_error when it is no such text.
core::expected<core::tenant_config> read_settings(std::string_view text);

// -- as the API shows it (API.md 3) -----------------------------------------------------------------------------------

struct webhook_urls {
  std::string voice, sms, status; ///< empty: null
};

/// What a GET tells besides the configuration itself.
struct config_view {
  core::credential_source source = core::credential_source::none;
  webhook_urls urls;
};

/// The body of a GET as one object: credentials as ...Set only.
void write_config(writer& out, const core::tenant_config& config, const config_view& view);

/// The body of a PUT. `country` (ISO alpha-2, the company's) is for numbers without a leading +. ec::invalid_request
/// names every field that is not valid.
core::expected<config_change> read_config_change(std::string_view text, std::string_view country);

/// The configuration after the change, with the hook tokens of numbers that stay; new numbers have none yet. Hook,
/// version and last_updated are the current ones. A rule over several fields that would be broken is
/// ec::invalid_configuration. A changed account drops the other credentials of the old one.
core::expected<core::tenant_config> apply(const core::tenant_config& current, const config_change& change);

} // namespace trunkline::json
