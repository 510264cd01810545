#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::twilio {

/// Writes one TwiML document from front to back. Whatever text it is given, the result is well-formed XML 1.0: special
/// characters are escaped, characters that XML cannot hold become U+FFFD. FACTS 4,
/// tests/data/twilio/twiml_vectors.json.
///
///   twiml doc;
///   doc.open("Dial").attribute("timeout", 25);
///   doc.open("Number").text("+15551234567").close();
///   doc.close();
///   std::string xml = std::move(doc).finish();
class twiml {
public:
  twiml(); ///< declaration and <Response>

  twiml& open(std::string_view element);
  twiml& attribute(std::string_view name, std::string_view value);
  twiml& attribute(std::string_view name, const char* value) { return attribute(name, std::string_view(value)); }
  twiml& attribute(std::string_view name, int64_t value);
  twiml& attribute(std::string_view name, int value) { return attribute(name, static_cast<int64_t>(value)); }
  twiml& attribute(std::string_view name, bool value);
  twiml& text(std::string_view content);
  twiml& close();

  /// Closes whatever is open; "<Response/>" if nothing was written.
  std::string finish() &&;

private:
  void end_start_tag();

  std::string out_;
  std::vector<std::string> open_;
  bool in_start_tag_ = false;
};

/// <?xml version="1.0" encoding="UTF-8"?><Response/>
const std::string& empty_twiml();

inline constexpr std::string_view twiml_content_type = "text/xml; charset=utf-8";

} // namespace trunkline::twilio
