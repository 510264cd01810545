#include "cluster/peers.hpp"

#include "cluster/crew.hpp"

#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <set>

namespace trunkline::cluster {

peers::peers(parts p)
    : parts_(std::move(p)), prober_(parts_.system.spawn<caf::detached>(prober, std::chrono::milliseconds(500))) {}

peers::~peers() {
  std::lock_guard held(lock_);
  for (auto& [incarnation, one] : all_)
    end(caf::actor_cast<caf::actor>(one.link));
  end(caf::actor_cast<caf::actor>(prober_));
}

void peers::follow(const core::cluster_view& view) {
  std::set<int> wanted;
  std::lock_guard held(lock_);
  for (const auto& member : view.members) {
    if (member.incarnation == *parts_.me || !core::is_live(member.status))
      continue;
    wanted.insert(member.incarnation);
    if (all_.contains(member.incarnation))
      continue;
    auto vitals = std::make_shared<link_vitals>();
    auto actor =
        parts_.system.spawn(link, link_parts{*parts_.me, member, parts_.key, parts_.system.middleman().actor_handle(),
                                             prober_, parts_.clock, vitals, parts_.crashed});
    all_.emplace(member.incarnation, entry{member, std::move(actor), std::move(vitals)});
  }
  std::erase_if(all_, [&](auto& one) {
    if (wanted.contains(one.first))
      return false;
    end(caf::actor_cast<caf::actor>(one.second.link));
    return true;
  });
}

void peers::ask(int incarnation, ask_peer question, bool only_if_quick) const {
  link_actor way;
  {
    std::lock_guard held(lock_);
    const auto found = all_.find(incarnation);
    if (found != all_.end()) {
      const auto status = found->second.vitals->status.load(std::memory_order_relaxed);
      if (status == link_status::up || (status == link_status::degraded && !only_if_quick))
        way = found->second.link;
    }
  }
  if (way)
    caf::anon_send(way, std::move(question));
  else
    question.answer(core::fail(core::ec::not_ready, "The other node can not be reached."));
}

void peers::ask_all(const std::string& topic, const std::string& payload, std::chrono::milliseconds patience,
                    std::function<void(answers)> then) const {
  struct gathering {
    std::mutex lock;
    answers heard;
    size_t open = 0;
    std::function<void(answers)> then;
  };
  const auto all = rows();
  if (all.empty())
    return then({});
  const auto state = std::make_shared<gathering>();
  state->open = all.size();
  state->then = std::move(then);
  for (const auto& row : all)
    ask(row.peer.incarnation,
        {topic, payload, patience, actors::reply<std::string>([state, name = row.peer.name](auto answer) {
           std::unique_lock held(state->lock);
           state->heard.insert_or_assign(name, std::move(answer));
           if (--state->open > 0)
             return;
           held.unlock();
           state->then(std::move(state->heard));
         })});
}

std::vector<peers::row> peers::rows() const {
  std::lock_guard held(lock_);
  std::vector<row> out;
  for (const auto& [incarnation, one] : all_)
    out.push_back({one.peer, one.vitals});
  return out;
}

bool peers::all_up() const {
  std::lock_guard held(lock_);
  return std::all_of(all_.begin(), all_.end(), [](const auto& one) {
    return one.second.vitals->status.load(std::memory_order_relaxed) == link_status::up;
  });
}

} // namespace trunkline::cluster
