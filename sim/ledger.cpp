#include "sim/ledger.hpp"

#include "sim/json_writer.hpp"

#include <algorithm>

namespace trunkline::sim {

void ledger::add(core::timestamp at, std::string kind, std::string account, std::string sid, std::string detail) {
  if (entries_.size() >= limit_) {
    entries_.pop_front();
    ++dropped_;
  }
  entries_.push_back({++last_seq_, at, std::move(kind), std::move(account), std::move(sid), std::move(detail)});
}

void ledger::clear() {
  entries_.clear();
  dropped_ = 0;
}

std::string ledger::page(const filter& wanted) const {
  const auto matches = [&](const entry& e) {
    return (wanted.kind.empty() || e.kind == wanted.kind) && (wanted.account.empty() || e.account == wanted.account) &&
           (wanted.sid.empty() || e.sid == wanted.sid);
  };
  json_writer json;
  json.object().key("entries").array();
  size_t count = 0;
  int64_t last = 0;
  bool more = false;
  for (auto e = std::ranges::upper_bound(entries_, wanted.after, {}, &entry::seq); e != entries_.end(); ++e) {
    if (!matches(*e))
      continue;
    if (count == wanted.limit) {
      more = true;
      break;
    }
    ++count;
    last = e->seq;
    json.object().field("seq", e->seq).field("at", core::to_rfc3339(e->at)).field("kind", e->kind);
    json.field("account", e->account).field("sid", e->sid).key("detail").raw(e->detail).end_object();
  }
  json.end_array().key("next");
  more ? json.value(last) : json.null();
  json.field("total", static_cast<uint64_t>(entries_.size())).field("dropped", dropped_).end_object();
  return std::move(json).text();
}

} // namespace trunkline::sim
