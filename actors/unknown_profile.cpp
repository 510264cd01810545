#include "actors/unknown_profile.hpp"

namespace trunkline::actors {

core::tenant_profile profile_in_an_outage(const core::tenant_id& tenant) {
  core::tenant_profile profile;
  profile.tenant.id = tenant;
  // The archive is not to say that a company wanted an agent when nobody knows what it wanted.
  profile.config.mode = core::routing_mode::voicemail;
  profile.config.fallback_chain = {core::routing_mode::voicemail};
  return profile;
}

} // namespace trunkline::actors
