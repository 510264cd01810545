#pragma once

#include "sim/api.hpp"
#include "sim/demo_accounts.hpp"
#include "sim/fault_gate.hpp"
#include "sim/json_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <sodium.h>

#include <deque>
#include <map>

namespace trunkline::tests {

/// Time that stands still and a gateway that answers 204 unless told otherwise.
class still_outside final : public sim::outside {
public:
  explicit still_outside(core::manual_clock& clock) : clock_(clock) {}

  bool after(std::chrono::milliseconds delay, std::function<void()> work) override {
    jobs_.emplace(clock_.now().ms + delay.count(), std::move(work));
    return true;
  }

  void send(sim::http_call call, std::function<void(sim::http_answer)> done) override {
    sent.push_back(std::move(call));
    done(answer);
  }

  void pass(int64_t ms) {
    const auto end = clock_.now().ms + ms;
    while (!jobs_.empty() && jobs_.begin()->first <= end) {
      auto job = jobs_.extract(jobs_.begin());
      clock_.pass_ms(std::max<int64_t>(0, job.key() - clock_.now().ms));
      job.mapped()();
    }
    clock_.pass_ms(end - clock_.now().ms);
  }

  std::vector<sim::http_call> sent;
  sim::http_answer answer{204};

private:
  core::manual_clock& clock_;
  std::multimap<int64_t, std::function<void()>> jobs_;
};

/// A simulator without sockets. `ours` is the first demo company.
struct world_fixture {
  world_fixture() { sim::add_demo_accounts(world.data, clock.now()); }

  static sim::world_options options() {
    sim::world_options chosen;
    chosen.address.gateway = "http://127.0.0.1:8080";
    chosen.seed = 7;
    chosen.ledger_entries = 100;
    return chosen;
  }

  static std::string basic(std::string_view user, std::string_view password) {
    const auto plain = std::string(user) + ":" + std::string(password);
    std::string text(sodium_base64_ENCODED_LEN(plain.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(plain.data()), plain.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    text.pop_back(); // the terminator that libsodium counts
    return "Basic " + text;
  }

  /// None if the answer is late; it may still come.
  std::optional<sim::outcome> raw(sim::request asked) {
    const auto got = std::make_shared<std::optional<sim::outcome>>();
    sim::handle(world, std::move(asked), [got](sim::outcome o) { *got = std::move(o); });
    return *got;
  }

  static sim::request asked(std::string method, std::string target, std::string body = "") {
    const auto mark = target.find('?');
    sim::request made;
    made.method = std::move(method);
    made.path = target.substr(0, mark);
    made.query = mark == std::string::npos ? "" : target.substr(mark + 1);
    made.body = std::move(body);
    made.content_type = "application/x-www-form-urlencoded";
    made.authorization = basic(ours.sid, ours.auth_token);
    return made;
  }

  /// Below our account; the answer is kept for status(), json().
  world_fixture& ask(std::string method, const std::string& below, std::string body = "") {
    const auto got =
        raw(asked(std::move(method), "/2010-04-01/Accounts/" + std::string(ours.sid) + below, std::move(body)));
    BOOST_REQUIRE(got.has_value());
    keep(got->answer);
    return *this;
  }

  world_fixture& follow(const std::string& uri) {
    keep(raw(asked("GET", uri))->answer);
    return *this;
  }

  world_fixture& control(std::string method, std::string target, std::string body = "") {
    const auto got = raw(asked(std::move(method), std::move(target), std::move(body)));
    BOOST_REQUIRE(got.has_value());
    keep(got->answer);
    return *this;
  }

  std::string text(const char* name) const {
    BOOST_REQUIRE_MESSAGE(json.IsObject() && json.HasMember(name), last.body);
    const auto& value = json[name];
    return value.IsString() ? value.GetString()
           : value.IsNull() ? "null"
           : value.IsInt()  ? std::to_string(value.GetInt())
                            : "?";
  }

  std::string send_sms(const std::string& to = "%2B15551234567", const std::string& more = "") {
    ask("POST", "/Messages.json", "From=%2B12125550101&Body=hello&To=" + to + more);
    return last.status == 201 ? text("sid") : text("code");
  }

  static constexpr const auto& ours = sim::demo_companies[0];
  core::manual_clock clock{{1'763'650'000'000}};
  still_outside out{clock};
  sim::world world{options(), clock, out};
  sim::response last;
  rapidjson::Document json;

private:
  void keep(const sim::response& answer) {
    last = answer;
    json.Parse(last.body);
  }
};

} // namespace trunkline::tests
