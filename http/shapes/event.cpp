#include "http/shapes/event.hpp"

#include "http/shapes/call.hpp"
#include "http/shapes/channel.hpp"
#include "http/shapes/message.hpp"
#include "json/alert.hpp"
#include "json/writer.hpp"

#include <fmt/format.h>

namespace trunkline::http::shapes {

namespace {

/// JSON has no line breaks of its own here: the writer escapes those in texts.
struct data_writer {
  core::timestamp now;
  json::writer out = {};

  std::string operator()(const std::string& json) { return json; }
  std::string operator()(const core::message_record& message) {
    write_message(out, message);
    return out.take();
  }
  std::string operator()(const core::channel_record& channel) {
    write_channel(out, channel, now);
    return out.take();
  }
  std::string operator()(const core::call_record& call) {
    write_call(out, call);
    return out.take();
  }
  std::string operator()(const core::alert& alert) {
    json::write_alert(out, alert);
    return out.take();
  }
};

} // namespace

std::string write_event(const actors::told_event& event, core::timestamp now) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.seq, core::to_string(event.type),
                     std::visit(data_writer{now}, event.subject));
}

} // namespace trunkline::http::shapes
