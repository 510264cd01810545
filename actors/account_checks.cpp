#include "actors/account_checks.hpp"

#include "core/metrics.hpp"
#include "health/causes.hpp"

#include <caf/send.hpp>
#include <sodium.h>

#include <array>

namespace trunkline::actors {

namespace {

using health::dependency_kind;
using health::outage_watch;
using health::status;

constexpr size_t opinions = outage_watch::enough + 3; ///< some of them may share an account
constexpr int64_t patience_for_opinions_ms = 15'000;

core::counter checks("trunkline_health_checks_total", "Accounts asked about");

/// The same for the same account and credentials, and of no use to anybody else.
std::string fingerprint(const account_access& access) {
  static const auto key = [] {
    std::array<unsigned char, crypto_generichash_KEYBYTES> random{};
    randombytes_buf(random.data(), random.size());
    return random;
  }();
  crypto_generichash_state state;
  std::string out(crypto_generichash_BYTES_MIN, '\0');
  crypto_generichash_init(&state, key.data(), key.size(), out.size());
  for (const auto* part :
       {&access.account_sid, &access.auth_token.reveal(), &access.api_key.reveal(), &access.api_secret.reveal()})
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part->c_str()), part->size() + 1);
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(out.data()), out.size());
  return out;
}

core::expected<health::account_said> said(const core::expected<account_state>& answer) {
  if (!answer)
    return core::fail(answer.error());
  return health::account_said{answer->status, answer->latency_ms, answer->type};
}

} // namespace

// -- who is checked when ----------------------------------------------------------------------------------------------

void account_checks::begin_round() {
  const auto now = parts_.node->clock.now();
  auto companies = parts_.numbers.companies_with_own_account();
  std::erase_if(companies, [this](const auto& company) { return !is_ours(company); });
  for (const auto& company : plan_.sync(companies, now))
    forget(company);
  const auto useless = now.ms - 2 * plan_.interval().count();
  std::erase_if(book_, [&](const auto& entry) { return entry.second.second.ms < useless; });
  check_platform();
  if (outage_.outage())
    plan_.hasten_some(1, now);
}

/// Each node asks about the companies it acts for.
bool account_checks::is_ours(const core::tenant_id& company) const {
  return !parts_.node->elsewhere || parts_.node->elsewhere->is_here(company);
}

void account_checks::changed(const core::tenant_id& company) {
  const auto now = parts_.node->clock.now();
  const auto door = parts_.numbers.by_company(company);
  if (door && door->own_account && is_ours(company)) {
    plan_.add(company, now);
    plan_.hasten(company, now);
    return;
  }
  plan_.remove(company);
  forget(company);
}

void account_checks::forget(const core::tenant_id& company) {
  results_.erase(company);
  held_.erase(company);
  if (is_ours(company)) // else whoever has it now tells of it
    parts_.desk.clear(health::key_of(dependency_kind::twilio, company));
  ended(company);
}

void account_checks::look() {
  const auto now = parts_.node->clock.now();
  for (const auto& due : plan_.take(now))
    begin(due);
  std::vector<std::string> late;
  for (const auto& [account, question] : asked_)
    if (now.ms - question.asked_at.ms >= health::patience_ms)
      late.push_back(account);
  for (const auto& account : late)
    conclude(account, core::fail(core::ec::twilio_unreachable));
  if (outage_.asking() && (others_.empty() || now >= decide_by_))
    decide();
}

bool account_checks::unchecked(const core::tenant_id& company) const {
  if (!company.empty() && plan_.knows(company))
    return !results_.contains(company);
  return parts_.platform && !platform_;
}

bool account_checks::check(const core::tenant_id& company) {
  if (!plan_.knows(company))
    return false;
  if (const auto due = plan_.take(company, parts_.node->clock.now()))
    begin(*due);
  return true;
}

std::vector<core::tenant_id> account_checks::some(size_t most) const {
  std::vector<core::tenant_id> out;
  const auto add = [&](bool failing) {
    for (auto one = results_.begin(); one != results_.end() && out.size() < most; ++one)
      if ((one->second.found.status == status::down) == failing)
        out.push_back(one->first);
  };
  add(true);
  for (const auto& company : plan_.first(most - out.size()))
    if (!results_.contains(company))
      out.push_back(company);
  add(false);
  return out;
}

// -- one check --------------------------------------------------------------------------------------------------------

void account_checks::begin(const health::planner::due& due) {
  parts_.node->stores.ask(load_profile{
      due.company, reply_on<core::tenant_profile>(parts_.post, [this, due](const auto& read) { loaded(due, read); })});
}

void account_checks::loaded(const health::planner::due& due, const core::expected<core::tenant_profile>& read) {
  if (!read) {
    plan_.put_back(due.company, parts_.node->clock.now());
    return ended(due.company);
  }
  auto access = access_of(read->config.credentials);
  const waiting who{due.company, read->tenant.name};
  const auto account = fingerprint(access);
  const auto known = book_.find(account);
  if (known != book_.end() && known->second.second > due.stale_at)
    return apply(who, known->second.first, known->second.second);
  ask(account, std::move(access), who);
}

bool account_checks::check_platform() {
  if (!parts_.platform)
    return false;
  if (!asked_.contains(outage_watch::platform))
    ask(outage_watch::platform, access_of(*parts_.platform), {});
  return true;
}

/// Whoever has the same account waits for the same answer.
void account_checks::ask(const std::string& account, account_access access, waiting who) {
  auto& question = asked_[account];
  question.waiting_for.push_back(std::move(who));
  if (question.serial != 0)
    return;
  checks.add();
  question.serial = ++serial_;
  question.asked_at = parts_.node->clock.now();
  caf::anon_send(
      parts_.node->twilio,
      fetch_account{std::move(access),
                    reply_on<account_state>(parts_.post, [this, account, serial = serial_](const auto& answer) {
                      answered(account, serial, answer);
                    })});
}

void account_checks::answered(const std::string& account, uint64_t serial,
                              const core::expected<account_state>& answer) {
  const auto question = asked_.find(account);
  if (question != asked_.end() && question->second.serial == serial) // otherwise given up before
    conclude(account, answer);
}

void account_checks::conclude(const std::string& account, const core::expected<account_state>& answer) {
  const auto now = parts_.node->clock.now();
  auto question = asked_.extract(account).mapped();
  if (!answer && health::says_nothing(answer.error())) {
    for (const auto& [company, name] : question.waiting_for) {
      plan_.put_back(company, now);
      ended(company);
    }
    return;
  }
  const auto found = health::judge_account(said(answer), now.ms - question.asked_at.ms);
  note(account, found);
  book_.insert_or_assign(account, std::pair(found, now));
  for (const auto& who : question.waiting_for)
    apply(who, found, now);
}

void account_checks::apply(const waiting& who, const health::verdict& found, core::timestamp at) {
  const auto& [company, name] = who;
  result now_known{name, found, at};
  if (company.empty())
    platform_ = std::move(now_known);
  else if (plan_.knows(company)) // it may have gone meanwhile
    results_.insert_or_assign(company, std::move(now_known));
  else
    return ended(company);
  plan_.finished(company, found.status == status::down, parts_.node->clock.now());
  keep(company, found, at);
  tell(company, found);
  ended(company);
}

/// For whoever asks what a company still lacks, on whichever node. Always: others write there too.
void account_checks::keep(const core::tenant_id& company, const health::verdict& found, core::timestamp at) {
  if (company.empty() || !found.accepted)
    return;
  parts_.node->stores.ask(put_account_check{company,
                                            {at, *found.accepted, found.account_status, found.account_type},
                                            reply<void>([](const core::expected<void>&) {})});
}

void account_checks::ended(const core::tenant_id& company) {
  others_.erase(company);
  parts_.ended(company);
}

// -- what is told of it -----------------------------------------------------------------------------------------------

void account_checks::tell(const core::tenant_id& company, const health::verdict& found) {
  held_.erase(company);
  if (found.status == status::down && !found.reachable) {
    if (outage_.asking())
      held_.insert(company);
    else if (!outage_.outage())
      parts_.desk.raise(health::down_cause(dependency_kind::twilio, company, found));
    return;
  }
  if (company.empty())
    return tell_platform_state();
  if (found.status == status::down)
    return parts_.desk.raise(health::down_cause(dependency_kind::twilio, company, found));
  parts_.desk.clear(health::key_of(dependency_kind::twilio, company));
}

/// An outage and the platform's own account are one alert, so neither may end the other's.
void account_checks::tell_platform_state() {
  if (outage_.outage() || outage_.asking())
    return;
  if (platform_ && platform_->found.status == status::down)
    return parts_.desk.raise(health::down_cause(dependency_kind::twilio, {}, platform_->found));
  parts_.desk.clear(health::key_of(dependency_kind::twilio, {}));
}

/// Only who changes his mind is news: an account that is never reached does not have others asked for ever.
void account_checks::note(const std::string& account, const health::verdict& found) {
  const auto before = book_.find(account);
  const bool is_news = before == book_.end() || before->second.first.reachable != found.reachable;
  const bool was_asking = outage_.asking();
  if (!was_asking && !is_news)
    return;
  outage_.heard(account, found.reachable);
  if (!was_asking && outage_.asking())
    ask_others(account != outage_watch::platform);
}

void account_checks::ask_others(bool platform_too) {
  const auto now = parts_.node->clock.now();
  decide_by_ = {now.ms + patience_for_opinions_ms};
  for (const auto& company : plan_.hasten_some(opinions, now))
    others_.insert(company);
  if (platform_too && check_platform())
    others_.insert(core::tenant_id());
}

void account_checks::decide() {
  last_decision_ = outage_.decide();
  others_.clear();
  const auto held = std::exchange(held_, {});
  if (outage_.outage())
    return parts_.desk.raise(health::outage_cause(last_decision_.asked, last_decision_.unreachable));
  tell_platform_state();
  for (const auto& company : held)
    if (const auto one = results_.find(company); one != results_.end())
      parts_.desk.raise(health::down_cause(dependency_kind::twilio, company, one->second.found));
  if (last_decision_.changed) // it is over: who was away may be back, and is asked before anybody is alarmed
    for (const auto& [company, known] : results_)
      if (!known.found.reachable && !held.contains(company))
        plan_.hasten(company, parts_.node->clock.now());
}

bool account_checks::is_gone(const core::alert_key& key) const {
  if (key.company.empty()) {
    if (outage_.outage() || outage_.asking())
      return false;
    return parts_.platform ? platform_ && platform_->found.status != status::down
                           : outage_.ever_reachable() || plan_.size() == 0;
  }
  const auto door = parts_.numbers.by_company(key.company);
  if (!door || !door->own_account)
    return true;
  const auto one = results_.find(key.company);
  return one != results_.end() && one->second.found.status != status::down;
}

void account_checks::raise_missing() {
  if (outage_.outage())
    parts_.desk.raise(health::outage_cause(last_decision_.asked, last_decision_.unreachable));
  for (const auto& [company, known] : results_)
    if (known.found.status == status::down && !parts_.desk.knows(health::key_of(dependency_kind::twilio, company)))
      tell(company, known.found);
}

// -- as it is shown ---------------------------------------------------------------------------------------------------

health::dependency account_checks::describe(const core::tenant_id& company, const result& known) {
  health::dependency out;
  out.kind = dependency_kind::twilio;
  out.company = company;
  out.status = known.found.status;
  out.latency_ms = known.found.latency_ms;
  out.message = known.found.message;
  out.checked_at = known.checked_at;
  out.credential_source = company.empty() ? "global" : "company:" + known.name;
  out.account_status = known.found.account_status;
  return out;
}

void account_checks::describe(health::report_builder& out) const {
  if (platform_)
    out.add(describe({}, *platform_));
  describe_companies(out);
  if (!parts_.platform && !parts_.numbers.has_own_accounts())
    out.add(health::twilio_not_configured({}));
}

void account_checks::describe_companies(health::report_builder& out) const {
  for (const auto& [company, known] : results_)
    out.wants(known.found.status) ? out.add(describe(company, known)) : out.count(known.found.status);
}

/// A company without an account of its own depends on the platform's, if that is for companies.
void account_checks::describe(health::report_builder& out, const core::tenant_id& company) const {
  const auto own = results_.find(company);
  if (own != results_.end())
    return out.add(describe(company, own->second));
  if (plan_.knows(company)) // not checked yet
    return;
  if (!parts_.numbers.platform_usable() || !platform_)
    return out.add(health::twilio_not_configured(company));
  auto shared = describe({}, *platform_);
  shared.company = company;
  out.add(std::move(shared));
}

} // namespace trunkline::actors
