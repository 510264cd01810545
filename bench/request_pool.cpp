#include "bench/request_pool.hpp"

#include "twilio/form.hpp"
#include "twilio/signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>

namespace trunkline::bench {

namespace {

using parameters = std::vector<std::pair<std::string, std::string>>;

const std::string sid_placeholder(32, '0');

// What Twilio sends for an incoming call (20 parameters), less the ones that are there only for some callers.
parameters voice_parameters(const target& to, const std::string& sid) {
  return {{"AccountSid", to.account_sid},
          {"ApiVersion", "2010-04-01"},
          {"CallSid", fmt::format("CA{}", sid)},
          {"CallStatus", "ringing"},
          {"Called", to.number},
          {"CalledCountry", "US"},
          {"Caller", "+12125550199"},
          {"CallerCity", "NEW YORK"},
          {"CallerCountry", "US"},
          {"CallerState", "NY"},
          {"CallerZip", "10001"},
          {"Direction", "inbound"},
          {"From", "+12125550199"},
          {"FromCity", "NEW YORK"},
          {"FromCountry", "US"},
          {"FromState", "NY"},
          {"FromZip", "10001"},
          {"StirVerstat", "TN-Validation-Passed-A"},
          {"To", to.number},
          {"ToCountry", "US"}};
}

// splitmix64: any seed and position give an independent number, so threads need not share a generator.
uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::string_view host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  return url.substr(0, url.find('/'));
}

} // namespace

request_pool::request_pool(const std::vector<target>& targets, std::string_view public_url, uint64_t requests,
                           uint64_t seed, bool forge)
    : entries_(requests) {
  if (public_url.ends_with('/'))
    public_url.remove_suffix(1);
  templates_.reserve(targets.size());
  for (const auto& to : targets)
    templates_.push_back(make_template(to, host_of(public_url)));
  const uint64_t threads = std::clamp<uint64_t>(std::thread::hardware_concurrency(), 1, 16);
  std::vector<std::jthread> workers;
  for (uint64_t t = 0; t < threads; ++t)
    workers.emplace_back(
        [&, t] { sign_range(targets, public_url, requests * t / threads, requests * (t + 1) / threads, seed, forge); });
}

request_pool::request_template request_pool::make_template(const target& to, std::string_view host) {
  const auto body = twilio::form_encode(voice_parameters(to, sid_placeholder));
  request_template out;
  out.text = fmt::format("POST {} HTTP/1.1\r\n"
                         "Host: {}\r\n"
                         "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
                         "User-Agent: TwilioProxy/1.1\r\n"
                         "Accept: */*\r\n"
                         "Content-Length: {}\r\n"
                         "X-Twilio-Signature: ",
                         to.path, host, body.size());
  out.signature_at = out.text.size();
  out.text.append(28, '=').append("\r\n\r\n").append(body);
  out.sid_at = out.text.find("CallSid=CA") + std::strlen("CallSid=CA");
  return out;
}

void request_pool::sign_range(const std::vector<target>& targets, std::string_view public_url, uint64_t begin,
                              uint64_t end, uint64_t seed, bool forge) {
  for (uint64_t i = begin; i < end; ++i) {
    const auto& to = targets[i % targets.size()];
    const auto sid = fmt::format("{:016x}{:016x}", mix(seed ^ mix(2 * i)), mix(seed + mix(2 * i + 1)));
    auto params = voice_parameters(to, sid);
    std::vector<twilio::form::field> fields;
    fields.reserve(params.size());
    for (const auto& [name, value] : params)
      fields.push_back({name, value});
    auto signature = twilio::sign(to.auth_token, std::string(public_url) + to.path, fields);
    if (forge)
      signature[0] = signature[0] == 'A' ? 'B' : 'A';
    std::copy_n(sid.begin(), 32, entries_[i].sid.begin());
    std::copy_n(signature.begin(), 28, entries_[i].signature.begin());
  }
}

std::string_view request_pool::request(uint64_t i) {
  auto& to = templates_[i % templates_.size()];
  std::memcpy(to.text.data() + to.signature_at, entries_[i].signature.data(), 28);
  std::memcpy(to.text.data() + to.sid_at, entries_[i].sid.data(), 32);
  return to.text;
}

std::string request_pool::call_sid(uint64_t i) const {
  return "CA" + std::string(entries_[i].sid.data(), entries_[i].sid.size());
}

} // namespace trunkline::bench
