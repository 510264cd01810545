#include "core/time_zone.hpp"

#include <array>
#include <unicode/ucal.h>

namespace trunkline::core {

bool is_time_zone(std::string_view name) {
  std::array<UChar, 65> wide{};
  if (name.empty() || name.size() >= wide.size())
    return false;
  for (size_t i = 0; i < name.size(); ++i) {
    if (static_cast<unsigned char>(name[i]) >= 0x80)
      return false;
    wide[i] = static_cast<UChar>(name[i]);
  }
  std::array<UChar, 65> canonical{};
  UBool is_system = false;
  auto status = U_ZERO_ERROR;
  ucal_getCanonicalTimeZoneID(wide.data(), static_cast<int32_t>(name.size()), canonical.data(),
                              static_cast<int32_t>(canonical.size()), &is_system, &status);
  return U_SUCCESS(status) && is_system;
}

} // namespace trunkline::core
