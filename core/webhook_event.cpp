#include "core/webhook_event.hpp"

namespace trunkline::core {

std::string_view to_string(webhook_kind kind) {
  switch (kind) {
  case webhook_kind::voice:
    return "voice";
  case webhook_kind::dial:
    return "dial";
  case webhook_kind::relay:
    return "relay";
  case webhook_kind::whisper:
    return "whisper";
  case webhook_kind::fallback:
    return "fallback";
  case webhook_kind::sms:
    return "sms";
  case webhook_kind::status:
    return "status";
  case webhook_kind::recording:
    return "recording";
  case webhook_kind::transcription:
    return "transcription";
  }
  return "voice";
}

} // namespace trunkline::core
