#include "providers/twilio_client.hpp"

#include "actors/quiet.hpp"
#include "config/log.hpp"
#include "core/metrics.hpp"
#include "providers/twilio_answers.hpp"
#include "providers/twilio_sending.hpp"
#include "twilio/sid.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

#include <utility>

namespace trunkline::providers {

namespace {

constexpr std::string_view requests_name = "trunkline_twilio_requests_total",
                           requests_help = "Questions to Twilio's API";
core::counter there(requests_name, requests_help, "result", "answered");
core::counter away(requests_name, requests_help, "result", "unreachable");
core::counter held_back(requests_name, requests_help, "result", "held_back");
core::histogram seconds("trunkline_twilio_request_seconds", "How long Twilio took to answer");

struct login {
  std::string user;
  core::secret password;
};

login token_of(const actors::account_access& by) { return {by.account_sid, by.auth_token}; }
bool has_key(const actors::account_access& by) { return !by.api_key.empty() && !by.api_secret.empty(); }
login key_of(const actors::account_access& by) { return {by.api_key.reveal(), by.api_secret}; }

/// The API key if there is one, else the token.
login login_of(const actors::account_access& by) { return has_key(by) ? key_of(by) : token_of(by); }

/// Standard API keys may not read the account itself, so here the token goes first.
login login_for_account(const actors::account_access& by) {
  return by.auth_token.empty() && has_key(by) ? key_of(by) : token_of(by);
}

/// A GET below /2010-04-01/Accounts. What gets into the path has been looked at.
core::expected<http_request> get(const twilio_client_parts& parts, const actors::account_access& by,
                                 const std::string& below, login who) {
  if (!twilio::is_sid(by.account_sid, "AC"))
    return core::fail(core::ec::twilio_credentials_rejected, "accountSid is not well-formed.");
  if (who.password.empty())
    return core::fail(core::ec::twilio_not_configured);
  http_request out;
  out.url = fmt::format("{}/2010-04-01/Accounts/{}{}", parts.api_url, by.account_sid, below);
  out.user = std::move(who.user), out.password = std::move(who.password);
  out.deadline = parts.deadline;
  return out;
}

core::error left_alone(std::chrono::milliseconds wait) {
  core::error out{core::ec::twilio_unreachable, "Twilio has not answered several times in a row.", "breaker open", {}};
  out.retry_after_seconds = static_cast<int>((wait.count() + 999) / 1000);
  return out;
}

} // namespace

template <class T, class Read>
void twilio_client_state::ask(const std::string& account, core::expected<http_request> request,
                              const actors::reply<T>& question, Read read) {
  if (question.settled()) // given up while it waited its turn
    return;
  if (!request)
    return question(core::fail(std::move(request).error()));
  const auto now = parts->clock.now();
  if (!breakers.admit(account, now)) {
    held_back.add();
    return question(core::fail(left_alone(breakers.wait(account, now))));
  }
  auto answer = [question, read, user = request->user, password = request->password](http_outcome outcome) {
    auto result = actors::guarded("twilio", [&] { return read(std::move(outcome)); });
    if (!result)
      conceal(result.error(), user, password);
    question(std::move(result));
  };
  start(account, std::move(*request), std::move(answer), std::is_same_v<T, actors::recording_audio>);
}

/// The answer is read on this actor's thread.
void twilio_client_state::start(const std::string& account, http_request request,
                                std::function<void(http_outcome)> answer, bool recording) {
  ++under_way;
  recordings += recording;
  show_load();
  exchange_finished news;
  news.account = account;
  news.recording = recording;
  news.answer = std::move(answer);
  auto me = caf::actor_cast<twilio_client_actor>(self);
  parts->http.start(std::move(request), [me, news](http_outcome outcome) mutable {
    news.outcome = std::move(outcome);
    caf::anon_send(me, std::move(news));
  });
}

void twilio_client_state::send(const actors::send_message& order) {
  const auto& by = order.access;
  auto request = get(*parts, by, "/Messages.json", login_of(by));
  if (!request) // what is no account, or opens none
    return order.answer(core::fail(core::ec::twilio_not_configured));
  const auto now = parts->clock.now();
  if (!breakers.admit(by.account_sid, now)) {
    held_back.add();
    return order.answer(actors::send_not_now{breakers.wait(by.account_sid, now).count(), false, false, "breaker open"});
  }
  request->method = http_method::post;
  request->body = write_send(order);
  request->may_send = order.may_send;
  // Not documented for requests: it can only help.
  request->headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                      {"I-Twilio-Idempotency-Token", order.message.message.id.value}};
  start(by.account_sid, std::move(*request),
        [answer = order.answer](const http_outcome& outcome) { answer(read_send(outcome)); });
}

void twilio_client_state::begin_list(const actors::list_sent_messages& question) {
  const auto job = std::make_shared<sent_listing>();
  job->question = question;
  list(job, fmt::format("/2010-04-01/Accounts/{}{}", question.access.account_sid, first_page_of(question)));
}

void twilio_client_state::list(const std::shared_ptr<sent_listing>& job, const std::string& page) {
  const auto& by = job->question.access;
  auto request = get(*parts, by, "", login_of(by));
  const auto now = parts->clock.now();
  if (!request)
    return job->question.answer(core::fail(std::move(request).error()));
  if (!breakers.admit(by.account_sid, now)) {
    held_back.add();
    return job->question.answer(core::fail(left_alone(breakers.wait(by.account_sid, now))));
  }
  request->url = parts->api_url + page;
  request->largest_answer = largest_page;
  start(by.account_sid, std::move(*request), [this, job](const http_outcome& outcome) {
    auto read = read_sent_page(outcome, job->question.access.account_sid);
    if (!read)
      return job->question.answer(core::fail(std::move(read).error()));
    std::move(read->messages.begin(), read->messages.end(), std::back_inserter(job->found));
    if (read->next.empty())
      return job->question.answer(std::move(job->found));
    if (++job->pages >= most_pages)
      return job->question.answer(core::fail(core::ec::twilio_unreachable, "Twilio's list is too long."));
    list(job, read->next);
  });
}

void twilio_client_state::fetch(const actors::fetch_account& question) {
  const auto& by = question.access;
  ask(by.account_sid, get(*parts, by, ".json", login_for_account(by)), question.answer, &read_account);
}

void twilio_client_state::find(const actors::find_account_number& question) {
  const auto& by = question.access;
  const auto& number = question.number.str();
  if (number.find_first_not_of("0123456789", 1) != std::string::npos || !number.starts_with('+'))
    return question.answer(std::nullopt); // an account has E.164 numbers only
  const auto below = "/IncomingPhoneNumbers.json?PageSize=20&PhoneNumber=%2B" + number.substr(1);
  ask(by.account_sid, get(*parts, by, below, login_of(by)), question.answer,
      [number = question.number](const http_outcome& got) { return read_number(got, number); });
}

void twilio_client_state::fetch(const actors::fetch_recording& question) {
  if (!twilio::is_sid(question.recording_sid, "RE"))
    return question.answer(core::fail(core::ec::not_found, "There is no such recording."));
  if (recordings >= most_recordings)
    return question.answer(core::fail(core::ec::overloaded, "Other recordings are being fetched. Try again."));
  const auto& by = question.access;
  auto request = get(*parts, by, "/Recordings/" + question.recording_sid + ".mp3", login_of(by));
  if (request)
    request->largest_answer = largest_recording;
  ask(by.account_sid, std::move(request), question.answer, &read_recording);
}

void twilio_client_state::finished(exchange_finished& news) {
  --under_way;
  recordings -= news.recording;
  show_load();
  note(news.account, news.outcome);
  news.answer(std::move(news.outcome));
}

void twilio_client_state::note(const std::string& account, const http_outcome& outcome) {
  switch (presence_of(outcome)) {
  case presence::not_asked:
    return;
  case presence::there:
    there.add();
    seconds.observe(std::chrono::duration<double>(outcome.took).count());
    return breakers.answered(account);
  case presence::away:
    away.add();
    break;
  }
  const auto now = parts->clock.now();
  const auto why = absence(outcome);
  parts->pulse->failed(why, now);
  const double chance = std::uniform_real_distribution<double>(0, 1)(random);
  if (breakers.failed(account, now, chance))
    log::warn(log::no_request, "{}: {} is left alone for {} ms", why.context, account,
              breakers.wait(account, now).count());
}

void twilio_client_state::show_load() const {
  parts->pulse->mailbox.store(self->mailbox().size() + under_way, std::memory_order_relaxed);
}

twilio_client_actor::behavior_type twilio_client(twilio_client_actor::stateful_pointer<twilio_client_state> self,
                                                 const twilio_client_parts& parts) {
  auto& st = self->state;
  st.self = self;
  st.parts.emplace(parts);
  actors::keep_quiet(self);
  return {
      [&st](const actors::fetch_account& question) { st.fetch(question); },
      [&st](const actors::find_account_number& question) { st.find(question); },
      [&st](const actors::fetch_recording& question) { st.fetch(question); },
      [&st](const actors::send_message& order) { st.send(order); },
      [&st](const actors::list_sent_messages& question) { st.begin_list(question); },
      [&st](exchange_finished& news) { st.finished(news); },
  };
}

} // namespace trunkline::providers
