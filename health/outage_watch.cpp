#include "health/outage_watch.hpp"

#include <algorithm>

namespace trunkline::health {

void outage_watch::heard(const std::string& account, bool reachable) {
  ever_reachable_ = ever_reachable_ || reachable;
  asking_ = asking_ || reachable == outage_;
  if (asking_)
    answers_[account] = reachable;
}

bool outage_watch::is_outage(size_t asked, size_t unreachable) const {
  const bool most = unreachable * 5 >= asked * 4;
  if (unreachable == 0 || !most)
    return false;
  if (outage_ || asked >= enough)
    return true;
  const auto own = answers_.find(platform);
  return own != answers_.end() && unreachable == asked;
}

outage_watch::decision outage_watch::decide() {
  decision out;
  out.asked = answers_.size();
  out.unreachable = static_cast<size_t>(
      std::count_if(answers_.begin(), answers_.end(), [](const auto& answer) { return !answer.second; }));
  const bool was = outage_;
  outage_ = is_outage(out.asked, out.unreachable);
  out.changed = outage_ != was;
  asking_ = false;
  answers_.clear();
  return out;
}

} // namespace trunkline::health
