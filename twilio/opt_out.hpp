#pragma once

#include <cstdint>
#include <string_view>

namespace trunkline::twilio {

enum class opt_out_keyword : uint8_t { none, stop, start, help };

/// What an inbound message asks for. Twilio's own word (`OptOutType`, sent when Advanced Opt-Out is on) wins; otherwise
/// the whole body must be one of the default keywords, in any case, with or without blanks around it: "STOP please" is
/// an ordinary message. FACTS 7.
opt_out_keyword opt_out_keyword_of(std::string_view body, std::string_view opt_out_type = {});

} // namespace trunkline::twilio
