#include "cluster/seat.hpp"

#include "cluster/bounded_network.hpp"
#include "cluster/canary.hpp"
#include "cluster/codec.hpp"
#include "cluster/crew.hpp"
#include "cluster/directory_watch.hpp"
#include "cluster/gatekeeper.hpp"
#include "cluster/membership.hpp"
#include "cluster/rendezvous.hpp"
#include "cluster/reports.hpp"
#include "config/log.hpp"
#include "health/causes.hpp"

#include <caf/io/middleman.hpp>
#include <caf/send.hpp>
#include <sodium.h>

#include <cstdlib>
#include <future>
#include <shared_mutex>
#include <unistd.h>

namespace trunkline::cluster {

namespace {

using namespace std::chrono_literals;

constexpr int64_t canary_patience_ms = 3'000;

/// The supervisor starts it anew; nothing of what this process believes may be acted on any more.
[[noreturn]] void end_as_dead(const std::string& reason) {
  log::error(log::no_request, "this node has been declared dead: {}. It ends, to be started anew.", reason);
  log::finish_background();
  _exit(declared_dead);
}

/// Actors end when they like, and some of them call the seat: each call comes in here, and none once it is closed.
class doorway {
public:
  /// False if the seat is gone.
  template <class Call>
  bool pass(Call&& call) {
    const std::shared_lock held(lock_);
    if (open_)
      call();
    return open_;
  }
  /// Waits for whoever is inside.
  void close() {
    const std::unique_lock held(lock_);
    open_ = false;
  }

private:
  std::shared_mutex lock_;
  bool open_ = true;
};

/// Until it handles no message any more.
void end_and_wait(const caf::actor& actor) {
  const auto gone = std::make_shared<std::promise<void>>();
  caf::actor_cast<caf::abstract_actor*>(actor)->attach_functor([gone](const caf::error&) { gone->set_value(); });
  end(actor);
  gone->get_future().wait_for(5s);
}

} // namespace

void load_network(caf::actor_system_config& config) {
  config.load<caf::io::middleman, bounded_multiplexer>();
  config.set("middleman.heartbeat-interval", caf::timespan(1s));
  config.set("middleman.connection-timeout", caf::timespan(5s));
  config.set("middleman.app-identifiers", std::vector<std::string>{"trunkline-" + std::to_string(protocol)});
  config.set("middleman.workers", size_t(1));
  register_envelope(config);
  // A node's id is made of its network cards and its process number, which two containers may share, and of a counter:
  // each call moves it on. Those that are the same all the same are refused when they join.
  for (auto skip = randombytes_uniform(256); skip > 0; --skip)
    caf::node_id::default_data::local(config);
}

/// Members fall in the other order.
struct seat::impl {
  const parts with;
  const std::string caf_node;
  std::atomic<int64_t> me{0};
  std::shared_ptr<canary_song> song = std::make_shared<canary_song>();
  canary_actor bird;
  gatekeeper_actor gate;
  std::atomic<std::shared_ptr<const core::cluster_view>> view{std::make_shared<const core::cluster_view>()};
  std::shared_ptr<doorway> door = std::make_shared<doorway>();
  std::unique_ptr<peers> others;
  std::unique_ptr<membership> place;
  std::unique_ptr<directory_watch> watch;
  std::atomic<bool> may_judge{false}; ///< between joining and leaving

  explicit impl(parts p) : with(std::move(p)), caf_node(caf::to_string(with.system.node())) {}
  ~impl();

  core::expected<void> open_gate(config::endpoint& reachable);
  core::expected<void> join(const config::endpoint& reachable);
  membership_hooks hooks();
  void view_changed(const std::shared_ptr<const core::cluster_view>& next);
  void let_go(const std::vector<int>& shards, std::function<void()> stopped);
  void serve(const std::string& topic, const std::string& payload, std::function<void(std::string)> answer);
  void serve_webhook(const std::string& payload, std::function<void(std::string)> answer);
  void serve_health(const std::string& payload, std::function<void(std::string)> answer);
  std::vector<core::link_row> own_links() const;
  std::vector<health::dependency> peers_as_dependencies() const;
  template <class Question>
  void ask_health(Question question, bool run);
  void tell_of_lost(const core::cluster_view& before, const core::cluster_view& now) const;
};

/// First nobody may call us, then what is called may go.
seat::impl::~impl() {
  door->close();
  watch.reset();
  place.reset();
  if (bird)
    end(caf::actor_cast<caf::actor>(bird));
  if (gate) {
    with.system.middleman().unpublish(gate);
    end_and_wait(caf::actor_cast<caf::actor>(gate));
  }
  others.reset();
}

core::expected<void> seat::impl::open_gate(config::endpoint& reachable) {
  const auto& settings = with.settings;
  const auto is_member = [this, door = door](int64_t who) {
    bool known = false;
    door->pass([&] {
      const auto now = view.load();
      const auto* member = now->find(static_cast<int>(who));
      known = member && core::is_live(member->status);
    });
    return known;
  };
  const auto asked = [this, door = door](const std::string& topic, const std::string& payload, auto answer) {
    door->pass([&] { serve(topic, payload, std::move(answer)); }); // else the link goes, and whoever asks hears of that
  };
  gate = with.system.spawn(gatekeeper, gatekeeper_parts{&me, settings.cluster_key, with.clock, is_member, asked});
  const auto& listen = settings.cluster_listen;
  const auto port = with.system.middleman().publish(gate, listen.port, listen.host.c_str(), true);
  if (!port)
    return core::fail(
        core::ec::invalid_configuration,
        fmt::format("cluster.listen: {} can not be listened at. Is another program there?", config::to_string(listen)));
  reachable = settings.cluster_advertise;
  if (reachable.port == 0)
    reachable.port = *port;
  return {};
}

core::expected<void> seat::impl::join(const config::endpoint& reachable) {
  const auto& settings = with.settings;
  const auto crashed = [this, door = door](int who) {
    door->pass([&] {
      if (may_judge)
        place->evict_crashed(who);
    });
  };
  others = std::make_unique<peers>(peers::parts{with.system, &me, settings.cluster_key, with.clock, crashed});
  with.companies.begin(with.services, *others);
  bird = with.system.spawn(canary, with.system.middleman().actor_handle(), &with.clock, song);
  membership_settings wanted;
  wanted.database_url = settings.database;
  wanted.self = {settings.node_name,
                 config::to_string(reachable),
                 caf_node,
                 TRUNKLINE_VERSION,
                 protocol,
                 protocol,
                 static_cast<int>(settings.cluster_weight),
                 core::shard_count,
                 settings.cluster_lease};
  wanted.plan.quiet = settings.cluster_quiet;
  wanted.plan.window = settings.cluster_lease;
  wanted.plan.runner_up_after = settings.cluster_lease * 3 / 10;
  wanted.plan.anybody_after = settings.cluster_lease * 6 / 10;
  auto joined = membership::join(std::move(wanted), hooks());
  if (!joined)
    return core::fail(std::move(joined).error());
  place = std::move(*joined);
  may_judge = true;
  log::info(log::no_request, "joined the cluster as {} (incarnation {}), reachable at {}", settings.node_name,
            place->incarnation(), config::to_string(reachable));
  watch = std::make_unique<directory_watch>(
      directory_watch::parts{with.db, with.keys, with.gateway, with.numbers, with.services->tenants});
  return {};
}

membership_hooks seat::impl::hooks() {
  membership_hooks all;
  all.view_changed = [this](const auto& next) { view_changed(next); };
  all.claimed = [this](const auto& ours) { with.companies.have(ours); };
  all.about_to_release = [this](const auto& shards, auto stopped) { let_go(shards, std::move(stopped)); };
  all.lost = [this](const auto& shards) { let_go(shards, [] {}); };
  all.dead = end_as_dead;
  all.healthy = [this] { return song->heard_since(with.clock.steady().ms - canary_patience_ms); };
  all.stats = [this] {
    return core::node_stats{static_cast<int>(with.services->tenants.running()), others && !others->all_up()};
  };
  return all;
}

void seat::impl::view_changed(const std::shared_ptr<const core::cluster_view>& next) {
  for (const auto& member : next->members)
    if (member.caf_node_id == caf_node && core::is_live(member.status))
      me = member.incarnation;
  tell_of_lost(*view.load(), *next);
  view.store(next);
  others->follow(*next);
  with.companies.follow(*next, static_cast<int>(me));
}

/// From now on their webhooks go to the next owner, or are decided at the edge until there is one.
void seat::impl::let_go(const std::vector<int>& shards, std::function<void()> stopped) {
  with.companies.have_not(shards);
  std::array<bool, core::shard_count> which{};
  for (const auto shard : shards)
    which[static_cast<size_t>(shard)] = true;
  caf::anon_send(with.shards,
                 actors::leave_companies{
                     [which](const core::tenant_id& company) { return which[static_cast<size_t>(shard_of(company))]; },
                     5s, actors::reply<void>([done = std::move(stopped)](const auto&) { done(); })});
}

// -- what others ask --------------------------------------------------------------------------------------------------

void seat::impl::serve(const std::string& topic, const std::string& payload, std::function<void(std::string)> answer) {
  if (topic == "webhook")
    return serve_webhook(payload, std::move(answer));
  if (topic == "links")
    return answer(encode_text(encode_links(own_links())));
  if (topic == "drain") {
    answer(encode_text(std::string()));
    return with.gateway.drain_process();
  }
  if (topic == "actors") {
    const auto filter = decode_filter(payload);
    return answer(encode_text(filter ? core::expected<std::string>(encode_tree(with.gateway.actors(*filter)))
                                     : core::fail(filter.error())));
  }
  if (topic == "health")
    return serve_health(payload, std::move(answer));
  if (topic == "release") {
    auto wanted = decode_release(payload);
    if (!wanted)
      return answer(encode_text(core::fail(wanted.error())));
    return with.gateway.release_here(
        {wanted->first, wanted->second, actors::reply<core::tenant_profile>([answer](const auto& done) {
           answer(encode_text(done ? core::expected<std::string>("") : core::fail(done.error())));
         })});
  }
  answer(encode_text(core::fail(core::ec::not_found, "This node does not know the question.")));
}

void seat::impl::serve_health(const std::string& payload, std::function<void(std::string)> answer) {
  const auto asked = decode_health_question(payload);
  if (!asked)
    return answer(encode_text(core::fail(asked.error())));
  actors::reply<health::report> found([answer = std::move(answer)](const auto& report) {
    answer(encode_text(report ? core::expected<std::string>(encode_report(*report)) : core::fail(report.error())));
  });
  const bool companies_only = asked->company.empty();
  if (asked->run)
    with.gateway.ask_monitor(actors::run_health{asked->company, std::move(found), companies_only});
  else
    with.gateway.ask_monitor(actors::read_health{asked->company, std::move(found), companies_only});
}

void seat::impl::serve_webhook(const std::string& payload, std::function<void(std::string)> answer) {
  auto job = decode_webhook(payload);
  if (!job)
    return answer(encode_outcome(core::fail(job.error())));
  if (!with.companies.is_here(job->key.tenant))
    return answer(encode_outcome(core::fail(core::ec::not_ready, "Another node has this company.")));
  // Our journal would keep it from everybody until our database is back; theirs may be there.
  if (!with.gateway.database_is_up())
    return answer(encode_outcome(core::fail(core::ec::database_unavailable)));
  job->reply = actors::webhook_reply([answer = std::move(answer)](auto outcome) { answer(encode_outcome(outcome)); });
  with.gateway.dispatch_here(std::move(*job));
}

std::vector<core::link_row> seat::impl::own_links() const {
  std::vector<core::link_row> out;
  for (const auto& row : others->rows())
    out.push_back({with.settings.node_name, row.peer.name, std::string(to_string(row.vitals->status.load())),
                   row.vitals->rtt_us.load(), row.vitals->in_flight.load(), row.vitals->bytes_in_flight.load()});
  return out;
}

std::vector<health::dependency> seat::impl::peers_as_dependencies() const {
  std::vector<health::dependency> out;
  for (const auto& row : others->rows()) {
    const auto state = row.vitals->status.load();
    health::dependency one;
    one.kind = health::dependency_kind::peer;
    one.place = row.peer.name;
    one.status = state == link_status::up         ? health::status::healthy
                 : state == link_status::degraded ? health::status::degraded
                                                  : health::status::down;
    one.message = state == link_status::up         ? "OK"
                  : state == link_status::degraded ? "The node answers slowly"
                                                   : "The node can not be reached";
    if (state != link_status::down)
      one.latency_ms = (row.vitals->rtt_us.load() + 999) / 1000;
    one.checked_at = with.clock.now();
    out.push_back(std::move(one));
  }
  return out;
}

/// Of one company from whoever has it, of everything from everybody.
template <class Question>
void seat::impl::ask_health(Question question, bool run) {
  constexpr auto patience = 15s; // a run takes up to 14 s
  if (!question.company.empty()) {
    const auto owner = with.companies.owner_of(question.company);
    if (with.companies.is_here(question.company) || owner == 0)
      return with.gateway.ask_monitor(std::move(question));
    return others->ask(owner, {"health", encode_health_question({question.company, run}), patience,
                               actors::reply<std::string>([asker = question.answer](const auto& heard) {
                                 asker(heard.and_then(decode_text).and_then(decode_report));
                               })});
  }
  /// Side by side: each takes as long as a run does.
  struct gathering {
    std::mutex lock;
    std::optional<core::expected<health::report>> own;
    std::optional<std::vector<health::report>> others;
    std::vector<health::dependency> peers;
    actors::reply<health::report> asker;

    void conclude() {
      const std::lock_guard held(lock);
      if (own && others)
        asker(*own ? merge_reports(**own, *others, std::move(peers)) : *own);
    }
  };
  const auto state = std::make_shared<gathering>();
  state->asker = question.answer;
  state->peers = peers_as_dependencies();
  question.answer = actors::reply<health::report>([state](const auto& own) {
    {
      const std::lock_guard held(state->lock);
      state->own = own;
    }
    state->conclude();
  });
  with.gateway.ask_monitor(std::move(question));
  others->ask_all("health", encode_health_question({{}, run}), patience, [state](const peers::answers& all) {
    {
      const std::lock_guard held(state->lock);
      state->others.emplace();
      for (const auto& [name, heard] : all)
        if (auto one = heard.and_then(decode_text).and_then(decode_report))
          state->others->push_back(std::move(*one));
    }
    state->conclude();
  });
}

/// Every node sees it, and they raise one alert together.
void seat::impl::tell_of_lost(const core::cluster_view& before, const core::cluster_view& now) const {
  for (const auto& member : now.members) {
    const auto* known = before.find(member.incarnation);
    if (member.status == core::node_status::dead && known && core::is_live(known->status))
      with.services->bell->seen(health::node_lost_cause(member.name));
    if (member.status == core::node_status::active && !(known && known->status == member.status))
      with.services->bell->gone(health::node_lost_cause(member.name).key);
  }
}

// -- seat -------------------------------------------------------------------------------------------------------------

seat::seat(std::unique_ptr<impl> body) : impl_(std::move(body)) {}
seat::~seat() = default;

core::expected<std::unique_ptr<seat>> seat::take(parts p) {
  auto body = std::make_unique<impl>(std::move(p));
  config::endpoint reachable;
  core::expected<void> done = body->open_gate(reachable);
  if (done)
    done = body->join(reachable);
  if (!done)
    return core::fail(std::move(done).error());
  return std::unique_ptr<seat>(new seat(std::move(body)));
}

bool seat::may_act() const { return impl_->place->may_act(); }

void seat::leave(std::chrono::milliseconds patience) {
  impl_->may_judge = false;
  impl_->place->drain(patience);
}

void seat::ask(actors::read_cluster question) {
  core::cluster_status status;
  status.single = false;
  status.view = *impl_->place->view();
  status.links = impl_->own_links();
  const auto candidates = candidates_of(status.view);
  for (const auto& row : status.view.shards) {
    const auto wish = wish_for(row.shard, candidates);
    status.wanted.push_back(wish.first ? wish.first->name : "");
  }
  impl_->others->ask_all("links", {}, 1s, [status, asker = question.answer](const peers::answers& all) mutable {
    for (const auto& [name, heard] : all)
      if (const auto links = heard.and_then(decode_text).and_then(decode_links))
        status.links.insert(status.links.end(), links->begin(), links->end());
    asker(std::move(status));
  });
}

void seat::ask(actors::drain_node question) {
  const auto view = impl_->view.load();
  for (const auto& member : view->members)
    if (member.name == question.node && core::is_live(member.status))
      return impl_->others->ask(member.incarnation,
                                {"drain", {}, 2s, actors::reply<std::string>([asker = question.answer](auto heard) {
                                   const auto done = heard.and_then(decode_text);
                                   asker(done ? core::expected<void>() : core::fail(done.error()));
                                 })});
  question.answer(core::fail(core::ec::not_found, "There is no such node. GET /api/admin/cluster lists them."));
}

void seat::ask(actors::read_actors question) {
  std::vector all{actors::node_actors{impl_->with.settings.node_name, {}, impl_->with.gateway.actors(question.filter)}};
  impl_->others->ask_all("actors", encode_filter(question.filter), 2s,
                         [all, asker = question.answer](const peers::answers& heard) mutable {
                           for (const auto& [name, answer] : heard) {
                             auto tree = answer.and_then(decode_text).and_then(decode_tree);
                             all.push_back({name, tree ? "" : "unreachable", tree ? *tree : actors::actor_tree()});
                           }
                           asker(std::move(all));
                         });
}

void seat::ask(actors::read_health question) { impl_->ask_health(std::move(question), false); }
void seat::ask(actors::run_health question) { impl_->ask_health(std::move(question), true); }

void seat::release_elsewhere(actors::release_quarantine question) {
  const auto heard = [services = impl_->with.services, question](const core::expected<std::string>& said) {
    const auto done = said.and_then(decode_text);
    if (!done)
      return question.answer(core::fail(done.error()));
    services->stores.ask(actors::load_profile{question.tenant, question.answer});
  };
  const auto owner = impl_->with.companies.owner_of(question.tenant);
  impl_->others->ask(owner,
                     {"release", encode_release(question.tenant, question.by), 5s, actors::reply<std::string>(heard)});
}

} // namespace trunkline::cluster
