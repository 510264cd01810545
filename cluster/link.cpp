#include "cluster/link.hpp"

#include "actors/quiet.hpp"
#include "config/log.hpp"
#include "config/values.hpp"
#include "core/metrics.hpp"

#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <set>

namespace trunkline::cluster {

namespace {

using namespace std::chrono_literals;

core::counter links_lost("trunkline_links_lost_total", "Connections to other nodes that ended");
core::counter questions("trunkline_link_questions_total", "Questions to other nodes");
core::counter refused("trunkline_link_refused_total", "Questions to other nodes for which there was no room");

constexpr auto look_every = 100ms;

/// 100 ms, then twice as long each time, up to 5 s. Never at once: CAF gives the dead connection out for a moment.
int64_t back_off_ms(int64_t failures) { return std::min<int64_t>(5'000, 100LL << std::min<int64_t>(failures, 6)); }

} // namespace

std::string_view to_string(link_status status) {
  constexpr std::string_view names[] = {"down", "degraded", "up"};
  return names[static_cast<size_t>(status)];
}

// -- questions --------------------------------------------------------------------------------------------------------

void link_state::ask(ask_peer& asked) {
  if (where != phase::up)
    return asked.answer(core::fail(core::ec::not_ready, "The other node can not be reached."));
  const auto size = asked.payload.size();
  if (outstanding.size() >= window || bytes + size > window_bytes || size > max_payload) {
    refused.add();
    return asked.answer(core::fail(core::ec::overloaded, "The other node has more to do than it can take."));
  }
  questions.add();
  const auto id = ++last_id;
  bytes += size;
  outstanding.emplace(id, question{std::move(asked.answer), now_ms() + asked.patience.count(), size});
  send(session, {parts->me, id, "ask", tag, std::move(asked.topic), std::move(asked.payload)});
  show();
}

void link_state::answered(envelope& said) {
  const auto found = outstanding.find(said.id);
  if (found == outstanding.end()) // its patience had ended
    return;
  auto answer = std::move(found->second.answer);
  bytes -= found->second.bytes;
  outstanding.erase(found);
  ponged_ms = now_ms();
  show();
  answer(std::move(said.payload));
}

void link_state::expire(int64_t now) {
  for (auto one = outstanding.begin(); one != outstanding.end();) {
    if (one->second.until_ms > now) {
      ++one;
      continue;
    }
    auto answer = std::move(one->second.answer);
    bytes -= one->second.bytes;
    one = outstanding.erase(one);
    answer(core::fail(core::ec::overloaded, "The other node did not answer in time."));
  }
}

void link_state::fail_all(core::ec code, const char* why) {
  const auto all = std::exchange(outstanding, {});
  bytes = 0;
  for (const auto& [id, one] : all)
    one.answer(core::fail(code, why));
}

// -- the connection ---------------------------------------------------------------------------------------------------

void link_state::dial() {
  where = phase::probing;
  next_ms = now_ms() + hello_ms;
  const auto to = config::parse_endpoint(parts->peer.address);
  if (!to)
    return lost("its address is none");
  const auto me = caf::actor_cast<link_actor>(self);
  caf::anon_send(parts->prober,
                 probe_peer{to->host, to->port, 1, actors::reply<probe_result>([me, attempt = ++attempt](auto found) {
                              caf::anon_send(me, probed{attempt, found.value_or(probe_result::silent)});
                            })});
}

void link_state::probed_now(const probed& news) {
  if (news.attempt != attempt || where != phase::probing)
    return;
  if (news.found == probe_result::refused && suspect)
    ask_whether_crashed();
  if (news.found != probe_result::open)
    return lost("nobody listens there");
  where = phase::connecting;
  next_ms = now_ms() + hello_ms;
  const auto to = config::parse_endpoint(parts->peer.address);
  self->request(parts->middleman, 5s, caf::connect_atom::value, to->host, to->port)
      .then(
          [this, mine = attempt](const caf::node_id&, const caf::strong_actor_ptr& gate, const std::set<std::string>&) {
            if (mine == attempt && where == phase::connecting)
              gate ? greet(gate) : lost("it is no node");
          },
          [this, mine = attempt](const caf::error&) {
            if (mine == attempt && where == phase::connecting)
              lost("the connection failed");
          });
}

void link_state::greet(const caf::strong_actor_ptr& gate) {
  where = phase::greeting;
  next_ms = now_ms() + hello_ms;
  gatekeeper = caf::actor_cast<remote_actor>(gate);
  self->monitor<caf::message_priority::high>(gatekeeper);
  between = {parts->me, parts->peer.incarnation, make_nonce(), {}};
  send(gatekeeper, {parts->me, attempt, "hello", {}, {}, between.caller_nonce});
}

void link_state::challenged(const envelope& said) {
  constexpr size_t nonce_size = 16;
  if (where != phase::greeting || said.id != attempt || said.payload.size() < nonce_size)
    return; // it may answer an earlier greeting late
  if (said.from != parts->peer.incarnation)
    return lost("another node answers there");
  between.called_nonce = said.payload.substr(0, nonce_size);
  if (!same_bytes(called_proof(parts->key, between), std::string_view(said.payload).substr(nonce_size)))
    return lost("it does not know the cluster's key");
  tag = session_tag(parts->key, between);
  send(gatekeeper, {parts->me, 0, "proof", {}, {}, caller_proof(parts->key, between)});
}

void link_state::welcomed(const envelope& said) {
  if (where != phase::greeting || !same_bytes(said.tag, tag))
    return;
  session = caf::actor_cast<remote_actor>(self->current_sender());
  self->monitor<caf::message_priority::high>(session);
  where = phase::up;
  suspect = false;
  failures = 0;
  ponged_ms = now_ms();
  pinged_ms = 0;
  log::info(log::no_request, "link to {} (incarnation {}) is up", parts->peer.name, parts->peer.incarnation);
  show();
}

/// Whatever was outstanding is told so now.
void link_state::lost(const char* why) {
  const bool was_up = where == phase::up;
  where = phase::waiting;
  ++attempt;
  next_ms = now_ms() + back_off_ms(failures++);
  for (auto* other : {&gatekeeper, &session})
    if (*other) {
      self->demonitor(other->address());
      *other = nullptr;
    }
  tag.clear();
  fail_all(core::ec::not_ready, "The link to the other node was lost.");
  show();
  const bool news = was_up || why != last_reason;
  last_reason = why;
  if (!news)
    log::debug(log::no_request, "link to {} (incarnation {}) is down: {}", parts->peer.name, parts->peer.incarnation,
               why);
  else
    log::warn(log::no_request, "link to {} (incarnation {}) is down: {}", parts->peer.name, parts->peer.incarnation,
              why);
  if (!was_up)
    return;
  links_lost.add();
  suspect = true;
  ask_whether_crashed();
}

/// A connection that ended says nothing of the peer; a port that refuses, three times, says that its process is gone.
/// Asked again with every dial that is refused: PostgreSQL, which has the last word, may hear of the death later than
/// we.
void link_state::ask_whether_crashed() {
  const auto to = config::parse_endpoint(parts->peer.address);
  if (!parts->crashed || !to)
    return;
  caf::anon_send(parts->prober, probe_peer{to->host, to->port, 3,
                                           actors::reply<probe_result>(
                                               [tell = parts->crashed, who = parts->peer.incarnation](auto found) {
                                                 if (found && *found == probe_result::refused)
                                                   tell(who);
                                               })});
}

// -- what is heard ----------------------------------------------------------------------------------------------------

void link_state::hear(envelope& said) {
  if (said.kind == "challenge")
    return challenged(said);
  if (said.kind == "welcome")
    return welcomed(said);
  if (said.kind == "later" && where == phase::greeting)
    return lost("it has not heard of us yet");
  if (where != phase::up || !same_bytes(said.tag, tag))
    return;
  if (said.kind == "answer")
    return answered(said);
  if (said.kind == "pong") {
    ponged_ms = now_ms();
    parts->vitals->rtt_us.store(
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
                .count() -
            said.id,
        std::memory_order_relaxed);
    show();
  }
}

void link_state::send(const remote_actor& whom, envelope message) { self->send(whom, std::move(message)); }

void link_state::ping(int64_t now) {
  if (now - pinged_ms < ping_every_ms)
    return;
  pinged_ms = now;
  const auto sent = std::chrono::steady_clock::now().time_since_epoch();
  send(session, {parts->me, std::chrono::duration_cast<std::chrono::microseconds>(sent).count(), "ping", tag, {}, {}});
}

void link_state::look() {
  const auto now = now_ms();
  expire(now);
  if (where == phase::up && now - ponged_ms > mute_after_ms) {
    lost("it does not answer");
  } else if (where == phase::up) {
    ping(now);
  } else if (now >= next_ms) {
    if (where == phase::waiting)
      dial();
    else
      lost("it does not greet");
  }
  show();
}

void link_state::show() {
  auto& vitals = *parts->vitals;
  const bool slow = now_ms() - ponged_ms > slow_after_ms;
  vitals.status.store(where != phase::up ? link_status::down
                      : slow             ? link_status::degraded
                                         : link_status::up,
                      std::memory_order_relaxed);
  vitals.in_flight.store(static_cast<uint32_t>(outstanding.size()), std::memory_order_relaxed);
  vitals.bytes_in_flight.store(bytes, std::memory_order_relaxed);
}

void link_state::stop() {
  parts->crashed = nullptr;
  fail_all(core::ec::not_ready, "The other node has left.");
  parts->vitals->status.store(link_status::down, std::memory_order_relaxed);
}

link_actor::behavior_type link(link_actor::stateful_pointer<link_state> self, const link_parts& parts) {
  auto& st = self->state;
  st.self = self;
  st.parts.emplace(parts);
  actors::keep_quiet(self);
  self->set_down_handler([&st](const caf::down_msg& msg) {
    const bool ours =
        (st.session && msg.source == st.session.address()) ||
        (st.gatekeeper && st.where == link_state::phase::greeting && msg.source == st.gatekeeper.address());
    if (ours)
      st.lost("the connection ended");
  });
  self->set_exit_handler([&st, self](const caf::exit_msg& msg) {
    st.stop();
    self->quit(msg.reason);
  });
  self->send(self, look_after_link{});
  return {
      [&st](ask_peer& question) { st.ask(question); },
      [&st](envelope& said) { st.hear(said); },
      [&st](const probed& news) { st.probed_now(news); },
      [&st, self](look_after_link) {
        st.look();
        self->delayed_send(self, look_every, look_after_link{});
      },
  };
}

prober_actor::behavior_type prober(prober_actor::pointer self, std::chrono::milliseconds patience) {
  actors::keep_quiet(self);
  return {
      [patience](const probe_peer& where) {
        auto found = probe_result::refused;
        for (int i = 0; i < where.times && found == probe_result::refused; ++i)
          found = probe(where.host, where.port, patience);
        where.answer(found);
      },
  };
}

} // namespace trunkline::cluster
