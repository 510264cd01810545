#pragma once

#include "cluster/hello.hpp"
#include "cluster/link_messages.hpp"
#include "core/clock.hpp"
#include "core/cluster_view.hpp"

#include <caf/io/middleman_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <optional>

namespace trunkline::cluster {

enum class link_status : uint8_t { down, degraded, up };
std::string_view to_string(link_status status);

/// What a LINK tells of itself; readable from any thread.
struct link_vitals {
  std::atomic<link_status> status{link_status::down};
  std::atomic<int64_t> rtt_us{0};
  std::atomic<uint32_t> in_flight{0};
  std::atomic<uint64_t> bytes_in_flight{0};
};

struct link_parts {
  int64_t me = 0; ///< incarnation
  core::member peer;
  core::secret key;
  caf::io::middleman_actor middleman;
  prober_actor prober;
  const core::clock& clock;
  std::shared_ptr<link_vitals> vitals;
  /// The link was up, its connection ended, and nobody listens at the peer's port any more.
  std::function<void(int incarnation)> crashed;
};

/// LINK promises: who asks a peer hears exactly once, in time, and at once when the link is lost: CAF itself neither
/// fails what is outstanding nor bounds what waits. It dials until it is stopped, ever less often, and trusts a
/// connection only after both ends have proved that they know the cluster's key and are who they should be.
struct link_state {
  static inline constexpr auto name = "link";
  static constexpr size_t window = 1'000, window_bytes = 8 * 1024 * 1024; ///< outstanding at most
  static constexpr int64_t ping_every_ms = 500, slow_after_ms = 1'500, hello_ms = 3'000;
  /// After so long without a word the peer is greeted anew. Its end of the link may have died with a connection that
  /// was another one than ours: then nobody tells us, and nobody hears us.
  static constexpr int64_t mute_after_ms = 5'000;

  enum class phase : uint8_t { waiting, probing, connecting, greeting, up };
  struct question {
    actors::reply<std::string> answer;
    int64_t until_ms = 0;
    size_t bytes = 0;
  };

  // -- what it does
  void ask(ask_peer& question);
  void hear(envelope& said);
  void probed_now(const probed& news);
  void look();
  void lost(const char* why);
  void stop();

  void dial();
  void greet(const caf::strong_actor_ptr& gatekeeper);
  void challenged(const envelope& said);
  void welcomed(const envelope& said);
  void answered(envelope& said);
  void send(const remote_actor& whom, envelope message);
  void ping(int64_t now);
  void expire(int64_t now);
  void fail_all(core::ec code, const char* why);
  void show();
  void ask_whether_crashed();
  int64_t now_ms() const { return parts->clock.steady().ms; }

  // -- what it remembers
  link_actor::pointer self = nullptr;
  std::optional<link_parts> parts;
  phase where = phase::waiting;
  int64_t attempt = 0;              ///< what belongs to an earlier one is not listened to
  int64_t failures = 0;             ///< in a row
  bool suspect = false;             ///< it was up and is lost
  std::string last_reason;          ///< why it went down, or did not come up
  int64_t next_ms = 0;              ///< when to dial, or until when the greeting may take
  remote_actor gatekeeper, session; ///< the peer's
  greeting between;
  std::string tag;
  std::map<int64_t, question> outstanding;
  size_t bytes = 0;
  int64_t last_id = 0;
  int64_t pinged_ms = 0, ponged_ms = 0;
};

link_actor::behavior_type link(link_actor::stateful_pointer<link_state> self, const link_parts& parts);

/// Blocks for as long as `patience` with each try: spawn it detached.
prober_actor::behavior_type prober(prober_actor::pointer self, std::chrono::milliseconds patience);

} // namespace trunkline::cluster
