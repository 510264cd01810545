#include "http/twilio_check.hpp"

#include "http/ask.hpp"
#include "http/respond.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

namespace trunkline::http {

namespace {

bool same_credentials(const core::twilio_credentials& a, const core::twilio_credentials& b) {
  return a.account_sid == b.account_sid && a.auth_token.equals(b.auth_token.reveal()) &&
         a.api_key.equals(b.api_key.reveal()) && a.api_secret.equals(b.api_secret.reveal());
}

std::string capabilities_of(const actors::account_number& number) {
  std::string all;
  for (const auto& [name, has] : {std::pair("voice", number.voice), {"sms", number.sms}, {"mms", number.mms}})
    if (has)
      all += (all.empty() ? "" : ",") + std::string(name);
  return all;
}

/// A check that is going on: the numbers are asked for side by side, and whoever hears the last answer goes on.
struct number_check {
  exchange_ptr request;
  checked_config checked;
  std::function<void(checked_config)> then;
  std::mutex lock;
  size_t open = 0;
  std::vector<std::string> missing;
  std::optional<core::error> failure;

  /// True for the last one.
  bool heard(const core::phone_number& number, core::expected<std::optional<actors::account_number>> found) {
    std::lock_guard held(lock);
    if (!found)
      failure = found.error();
    else if (!*found)
      missing.push_back(number.str());
    else
      note(number, **found);
    return --open == 0;
  }

  void note(const core::phone_number& number, const actors::account_number& found) {
    for (auto& entry : checked.config.numbers)
      if (entry.number == number)
        entry.origin.in_account = true, entry.origin.sid = found.sid,
        entry.origin.capabilities = capabilities_of(found);
  }

  void conclude() {
    if (failure)
      return respond_error(*request, *failure);
    if (missing.empty())
      return then(std::move(checked));
    std::sort(missing.begin(), missing.end());
    core::error refusal{core::ec::number_not_in_account,
                        "The Twilio account that sends does not have every one of these numbers.",
                        {},
                        {}};
    refusal.lists = {{"numbers", missing}};
    respond_error(*request, refusal);
  }
};

/// Which numbers have to be looked for: new ones, those never looked for, and with other credentials all of them.
std::vector<core::phone_number> numbers_to_check(const core::tenant_config& current, const core::tenant_config& next,
                                                 bool other_credentials) {
  std::vector<core::phone_number> wanted;
  for (const auto& entry : next.numbers)
    if (other_credentials || !entry.origin.in_account)
      wanted.push_back(entry.number);
  const bool listed = next.legacy_number && std::any_of(next.numbers.begin(), next.numbers.end(),
                                                        [&](const auto& n) { return n.number == *next.legacy_number; });
  if (next.legacy_number && !listed && (other_credentials || next.legacy_number != current.legacy_number))
    wanted.push_back(*next.legacy_number);
  return wanted;
}

void check_numbers(context& ctx, const actors::account_access& access, const std::vector<core::phone_number>& numbers,
                   const std::shared_ptr<number_check>& check) {
  if (numbers.empty())
    return check->conclude();
  check->open = numbers.size();
  for (const auto& number : numbers)
    ctx.actors.ask(actors::find_account_number{
        access, number, actors::reply<std::optional<actors::account_number>>([check, number](auto found) {
          if (check->heard(number, std::move(found)))
            check->conclude();
        })});
}

} // namespace

std::optional<actors::account_access> account_of(const context& ctx, const core::tenant_config& config) {
  if (!config.credentials.account_sid.empty())
    return actors::access_of(config.credentials);
  if (const auto& platform = ctx.actors.numbers().platform())
    return actors::access_of(*platform);
  return std::nullopt;
}

void check_with_twilio(context& ctx, const exchange_ptr& request, const core::tenant_config& current,
                       core::tenant_config next, std::function<void(checked_config)> then) {
  const auto access = account_of(ctx, next);
  const bool other = !same_credentials(current.credentials, next.credentials);
  if (!access || other)
    for (auto& entry : next.numbers)
      entry.origin.in_account = std::nullopt;
  auto check = std::make_shared<number_check>();
  check->request = request;
  check->then = std::move(then);
  const auto numbers = access ? numbers_to_check(current, next, other) : std::vector<core::phone_number>();
  check->checked.config = std::move(next);
  if (!access)
    return check->conclude();
  if (!other)
    return check_numbers(ctx, *access, numbers, check);
  ctx.actors.ask(actors::fetch_account{
      *access, reply_to<actors::account_state>(request, [&ctx, access, numbers, check](exchange&, const auto& account) {
        check->checked.account = core::account_check{ctx.clock.now(), true, account.status, account.type};
        check_numbers(ctx, *access, numbers, check);
      })});
}

} // namespace trunkline::http
