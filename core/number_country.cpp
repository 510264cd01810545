#include "core/number_country.hpp"

#include <phonenumbers/phonenumberutil.h>

namespace trunkline::core {

std::string country_of(const phone_number& number) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber parsed;
  std::string region;
  if (util.Parse(number.str(), "ZZ", &parsed) == PhoneNumberUtil::NO_PARSING_ERROR)
    util.GetRegionCodeForNumber(parsed, &region);
  return region.size() == 2 && region != "ZZ" ? region : std::string();
}

} // namespace trunkline::core
