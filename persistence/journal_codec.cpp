#include "persistence/journal_codec.hpp"

#include <array>
#include <concepts>
#include <type_traits>
#include <vector>

namespace trunkline::persistence {

namespace {

// One description of every struct for both directions, so that they can not differ. A structured binding names all
// members, or it does not compile.

template <class Archive, class T>
using as_given = std::conditional_t<Archive::writes, const T, T>;

template <class Archive>
void fields(Archive& a, as_given<Archive, core::webhook_key>& key) {
  auto& [tenant, kind, sid, status, sequence, step] = key;
  a(tenant, kind, sid, status, sequence, step);
}

template <class Archive>
void fields(Archive& a, as_given<Archive, core::webhook_answer>& answer) {
  auto& [status, content_type, body] = answer;
  a(status, content_type, body);
}

template <class Archive>
void fields(Archive& a, as_given<Archive, core::call_facts>& call) {
  auto& [call_sid, direction, from, to, status, started_at, answered_at, ended_at, duration_seconds, route_configured,
         steps, recording, transcription] = call;
  a(call_sid, direction, from, to, status, started_at, answered_at, ended_at, duration_seconds, route_configured, steps,
    recording, transcription);
}

template <class Archive>
void fields(Archive& a, as_given<Archive, core::message_record>& message) {
  auto& [id, tenant, channel, campaign_id, direction, sender, communication_type, twilio_number, user_phone_number,
         content, media, status, twilio_sid, error_code, error_message, encoding, segments, price, price_estimated,
         simulated, created_at, updated_at, sent_at, delivered_at] = message;
  a(id, tenant, channel, campaign_id, direction, sender, communication_type, twilio_number, user_phone_number, content,
    media, status, twilio_sid, error_code, error_message, encoding, segments, price, price_estimated, simulated,
    created_at, updated_at, sent_at, delivered_at);
}

template <class Archive>
void fields(Archive& a, as_given<Archive, core::message_status_change>& change) {
  auto& [twilio_sid, status, error_code, at, message] = change;
  a(twilio_sid, status, error_code, at);
  a.since(2, message);
}

template <class Archive>
void fields(Archive& a, as_given<Archive, core::opt_out_change>& change) {
  auto& [number, opted_out] = change;
  a(number, opted_out);
}

template <class Archive>
void fields(Archive& a, as_given<Archive, core::webhook_event>& event) {
  auto& [key, received_at, params, answer, call, message, message_status, opt_out, profile_name] = event;
  a(key, received_at, params, answer, call, message, message_status, opt_out);
  a.since(2, profile_name);
}

/// Numbers take eight bytes, the lowest first; texts and lists begin with their length, what is optional with a flag.
class writer {
public:
  static constexpr bool writes = true;

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  template <class T>
  void since(uint16_t, const T& value) {
    put(value);
  }

  std::string take() { return std::move(out_); }

private:
  template <std::integral T>
  void put(T value) {
    auto bits = static_cast<uint64_t>(value);
    for (int i = 0; i < 8; ++i, bits >>= 8)
      out_.push_back(static_cast<char>(bits & 0xff));
  }
  void put(const std::string& text) {
    put(text.size());
    out_ += text;
  }
  void put(core::webhook_kind kind) { put(static_cast<int>(kind)); }
  void put(core::timestamp at) { put(at.ms); }
  void put(core::money amount) { put(amount.units); }
  void put(const core::phone_number& number) { put(number.str()); }
  template <class Tag>
  void put(const core::strong_id<Tag>& id) {
    put(id.value);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value)
      put(*value);
  }
  void put(const std::vector<std::string>& texts) {
    put(texts.size());
    for (const auto& text : texts)
      put(text);
  }
  template <size_t n>
  void put(const std::array<std::string, n>& texts) {
    for (const auto& text : texts)
      put(text);
  }
  template <std::copyable T>
  requires std::is_aggregate_v<T>
  void put(const T& value) { fields(*this, value); }

  std::string out_;
};

class reader {
public:
  static constexpr bool writes = false;

  reader(std::string_view bytes, uint16_t version) : left_(bytes), version_(version) {}

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  /// Older versions did not write it.
  template <class T>
  void since(uint16_t version, T& value) {
    if (version_ >= version)
      get(value);
  }

  bool all_read() const { return whole_ && left_.empty(); }

private:
  std::string_view take(uint64_t bytes) {
    if (bytes > left_.size()) {
      whole_ = false;
      left_ = {};
      return {};
    }
    const auto taken = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return taken;
  }
  uint64_t number() {
    const auto taken = take(8);
    uint64_t bits = 0;
    for (size_t i = taken.size(); i > 0; --i)
      bits = bits << 8 | static_cast<unsigned char>(taken[i - 1]);
    return bits;
  }
  template <std::integral T>
  void get(T& value) {
    const auto read = static_cast<int64_t>(number());
    value = static_cast<T>(read);
    whole_ = whole_ && static_cast<int64_t>(value) == read;
  }
  void get(std::string& text) { text = take(number()); }
  void get(core::webhook_kind& kind) {
    const auto read = number();
    whole_ = whole_ && read <= static_cast<uint64_t>(core::webhook_kind::transcription);
    kind = static_cast<core::webhook_kind>(read);
  }
  void get(core::timestamp& at) { get(at.ms); }
  void get(core::money& amount) { get(amount.units); }
  void get(core::phone_number& number) {
    std::string text;
    get(text);
    number = core::phone_number(std::move(text));
  }
  template <class Tag>
  void get(core::strong_id<Tag>& id) {
    get(id.value);
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool there = false;
    get(there);
    if (there)
      get(value.emplace());
  }
  void get(std::vector<std::string>& texts) {
    for (auto count = number(); count > 0 && whole_; --count)
      get(texts.emplace_back());
  }
  template <size_t n>
  void get(std::array<std::string, n>& texts) {
    for (auto& text : texts)
      get(text);
  }
  template <std::copyable T>
  requires std::is_aggregate_v<T>
  void get(T& value) { fields(*this, value); }

  std::string_view left_;
  uint16_t version_;
  bool whole_ = true;
};

} // namespace

std::string encode_event(const core::webhook_event& event) {
  writer out;
  out(event);
  return out.take();
}

std::optional<core::webhook_event> decode_event(std::string_view bytes, uint16_t version) {
  core::webhook_event event;
  reader in(bytes, version);
  in(event);
  if (!in.all_read())
    return std::nullopt;
  return event;
}

std::string encode_key(const core::webhook_key& key) {
  writer out;
  out(key);
  return out.take();
}

} // namespace trunkline::persistence
