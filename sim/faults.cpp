#include "sim/faults.hpp"

#include <algorithm>
#include <array>

namespace trunkline::sim {

namespace {

constexpr int64_t longest_delay_ms = 600'000;
constexpr std::array<std::string_view, 8> kind_names = {"delay",    "status",   "reset_before", "reset_after",
                                                        "truncate", "list_lag", "drop",         "duplicate"};

bool fits(const fault_rule& rule, const fault_subject& subject) {
  const auto& match = rule.match;
  return rule.count != 0 && match.callbacks == subject.callback &&
         (match.method.empty() || match.method == subject.method) && subject.path.starts_with(match.path_prefix) &&
         subject.path.find(match.path_contains) != std::string_view::npos &&
         (match.account.empty() || match.account == subject.account);
}

void hit(fault_rule& rule) {
  ++rule.hits;
  if (rule.count > 0)
    --rule.count;
}

void read_match(json_reader& in, const rapidjson::Value& object, fault_match& match) {
  json_reader inner(object);
  const auto on = inner.text("on", "request");
  if (on != "request" && on != "callback")
    in.fail("match.on must be request or callback.");
  match.callbacks = on == "callback";
  match.method = inner.text("method");
  match.path_prefix = inner.text("path_prefix");
  match.path_contains = inner.text("path_contains");
  match.account = inner.text("account");
  if (inner.problem())
    in.fail("match: " + *inner.problem());
}

/// Which kinds make sense where.
bool possible(const fault_rule& rule) {
  const bool for_callbacks = rule.kind == fault_kind::drop || rule.kind == fault_kind::duplicate;
  return rule.kind == fault_kind::delay || for_callbacks == rule.match.callbacks;
}

} // namespace

tl::expected<fault_rule, json_problem> fault_rule::parse(const rapidjson::Value& object) {
  json_reader in(object);
  fault_rule rule;
  if (const auto* match = in.object("match"))
    read_match(in, *match, rule.match);
  const auto action = in.text("action", "delay");
  const auto known = std::ranges::find(kind_names, action);
  if (known == kind_names.end())
    in.fail("action must be one of delay, status, reset_before, reset_after, truncate, list_lag, drop, duplicate.");
  else
    rule.kind = static_cast<fault_kind>(known - kind_names.begin());
  if (!possible(rule))
    in.fail("This action does not fit match.on.");
  rule.delay_ms = in.integer("delay_ms", 0, 0, longest_delay_ms);
  rule.answer_delay_ms = in.integer("answer_delay_ms", 0, 0, longest_delay_ms);
  rule.status = static_cast<int>(in.integer("status", 500, 400, 599));
  rule.code = static_cast<int>(in.integer("code", rule.status == 429 ? 20429 : 20500, 1, 99'999));
  rule.message = in.text("message");
  rule.html = in.flag("html");
  rule.processed = in.flag("processed");
  rule.retry_after_s = in.integer("retry_after_s", -1, -1, 86'400);
  rule.list_lag_ms = in.integer("list_lag_ms", 0, 0, 86'400'000);
  rule.count = in.integer("count", -1, -1, 1'000'000'000);
  rule.probability = in.number("probability", 1, 0, 1);
  if (in.problem())
    return tl::make_unexpected(*in.problem());
  return rule;
}

std::optional<int64_t> fault_script::add(fault_rule rule) {
  std::erase_if(rules_, [](const fault_rule& r) { return r.count == 0; });
  if (rules_.size() >= most)
    return std::nullopt;
  rule.id = ++last_id_;
  rules_.push_back(std::move(rule));
  return last_id_;
}

std::optional<fault_rule> fault_script::strike(const fault_subject& subject, sid_source& random) {
  for (auto& rule : rules_) {
    if (rule.kind == fault_kind::list_lag || !fits(rule, subject))
      continue;
    if (rule.probability < 1 && random.chance() >= rule.probability)
      continue;
    hit(rule);
    return rule;
  }
  return std::nullopt;
}

int64_t fault_script::list_lag_ms(const fault_subject& subject) {
  for (auto& rule : rules_)
    if (rule.kind == fault_kind::list_lag && fits(rule, subject)) {
      ++rule.hits;
      return rule.list_lag_ms;
    }
  return 0;
}

void fault_script::write(json_writer& json) const {
  json.array();
  for (const auto& rule : rules_) {
    const auto& match = rule.match;
    json.object().field("id", rule.id).field("action", kind_names[static_cast<size_t>(rule.kind)]);
    json.field("hits", rule.hits).key("remaining");
    rule.count < 0 ? json.null() : json.value(rule.count);
    json.field("probability", rule.probability).key("match").object();
    json.field("on", match.callbacks ? "callback" : "request").text_or_null("method", match.method);
    json.text_or_null("path_prefix", match.path_prefix).text_or_null("path_contains", match.path_contains);
    json.text_or_null("account", match.account).end_object().end_object();
  }
  json.end_array();
}

} // namespace trunkline::sim
