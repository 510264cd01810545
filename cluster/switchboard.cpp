#include "cluster/switchboard.hpp"

#include "cluster/codec.hpp"
#include "cluster/rendezvous.hpp"
#include "cluster/reports.hpp"
#include "cluster/shard_plan.hpp"

#include <mutex>
#include <optional>

namespace trunkline::cluster {

namespace {

using namespace std::chrono_literals;

constexpr auto patience_with_health = 15s; ///< a run takes up to 14 s

/// What this node and all others have found, side by side: each takes as long as a run does.
class health_gathering {
public:
  health_gathering(std::vector<health::dependency> peers, actors::reply<health::report> asker)
      : peers_(std::move(peers)), asker_(std::move(asker)) {}

  void own(const core::expected<health::report>& found) {
    const std::lock_guard held(lock_);
    own_ = found;
    conclude();
  }
  void others(const peers::answers& all) {
    const std::lock_guard held(lock_);
    others_.emplace();
    for (const auto& [name, heard] : all)
      if (auto one = heard.and_then(decode_text).and_then(decode_report))
        others_->push_back(std::move(*one));
    conclude();
  }

private:
  void conclude() {
    if (own_ && others_)
      asker_(*own_ ? merge_reports(**own_, *others_, std::move(peers_)) : *own_);
  }

  std::mutex lock_;
  std::optional<core::expected<health::report>> own_;
  std::optional<std::vector<health::report>> others_;
  std::vector<health::dependency> peers_;
  actors::reply<health::report> asker_;
};

} // namespace

// -- what others ask --------------------------------------------------------------------------------------------------

void switchboard::serve(const std::string& topic, const std::string& payload,
                        std::function<void(std::string)> answer) const {
  if (topic == "webhook")
    return serve_webhook(payload, std::move(answer));
  if (topic == "links")
    return answer(encode_text(encode_links(own_links())));
  if (topic == "drain") {
    answer(encode_text(std::string()));
    return parts_.gateway.drain_process();
  }
  if (topic == "actors")
    return serve_actors(payload, answer);
  if (topic == "health")
    return serve_health(payload, std::move(answer));
  if (topic == "release")
    return serve_release(payload, std::move(answer));
  if (topic == "wake") {
    parts_.gateway.wake_here(core::tenant_id(payload)); // which looks whether it acts for it
    return answer(encode_text(std::string()));
  }
  answer(encode_text(core::fail(core::ec::not_found, "This node does not know the question.")));
}

void switchboard::serve_webhook(const std::string& payload, std::function<void(std::string)> answer) const {
  auto job = decode_webhook(payload);
  if (!job)
    return answer(encode_outcome(core::fail(job.error())));
  if (!parts_.companies.is_here(job->key.tenant))
    return answer(encode_outcome(core::fail(core::ec::not_ready, "Another node has this company.")));
  // Our journal would keep it from everybody until our database is back; theirs may be there.
  if (!parts_.gateway.database_is_up())
    return answer(encode_outcome(core::fail(core::ec::database_unavailable)));
  job->reply = actors::webhook_reply([answer = std::move(answer)](auto outcome) { answer(encode_outcome(outcome)); });
  parts_.gateway.dispatch_here(std::move(*job));
}

void switchboard::serve_actors(const std::string& payload, const std::function<void(std::string)>& answer) const {
  const auto filter = decode_filter(payload);
  answer(encode_text(filter ? core::expected<std::string>(encode_tree(parts_.gateway.actors(*filter)))
                            : core::fail(filter.error())));
}

void switchboard::serve_health(const std::string& payload, std::function<void(std::string)> answer) const {
  const auto asked = decode_health_question(payload);
  if (!asked)
    return answer(encode_text(core::fail(asked.error())));
  actors::reply<health::report> found([answer = std::move(answer)](const auto& report) {
    answer(encode_text(report ? core::expected<std::string>(encode_report(*report)) : core::fail(report.error())));
  });
  const bool companies_only = asked->company.empty();
  if (asked->run)
    parts_.gateway.ask_monitor(actors::run_health{asked->company, std::move(found), companies_only});
  else
    parts_.gateway.ask_monitor(actors::read_health{asked->company, std::move(found), companies_only});
}

void switchboard::serve_release(const std::string& payload, std::function<void(std::string)> answer) const {
  auto wanted = decode_release(payload);
  if (!wanted)
    return answer(encode_text(core::fail(wanted.error())));
  parts_.gateway.release_here({wanted->first, wanted->second,
                               actors::reply<core::tenant_profile>([answer = std::move(answer)](const auto& done) {
                                 answer(encode_text(done ? core::expected<std::string>("") : core::fail(done.error())));
                               })});
}

// -- what the others are asked ----------------------------------------------------------------------------------------

void switchboard::ask(actors::read_cluster question) {
  core::cluster_status status;
  status.single = false;
  status.view = *parts_.view();
  status.links = own_links();
  const auto candidates = candidates_of(status.view);
  for (const auto& row : status.view.shards) {
    const auto wish = wish_for(row.shard, candidates);
    status.wanted.push_back(wish.first ? wish.first->name : "");
  }
  parts_.others.ask_all("links", {}, 1s, [status, asker = question.answer](const peers::answers& all) mutable {
    for (const auto& [name, heard] : all)
      if (const auto links = heard.and_then(decode_text).and_then(decode_links))
        status.links.insert(status.links.end(), links->begin(), links->end());
    asker(std::move(status));
  });
}

void switchboard::ask(actors::drain_node question) {
  const auto view = parts_.view();
  for (const auto& member : view->members)
    if (member.name == question.node && core::is_live(member.status))
      return parts_.others.ask(member.incarnation,
                               {"drain", {}, 2s, actors::reply<std::string>([asker = question.answer](auto heard) {
                                  const auto done = heard.and_then(decode_text);
                                  asker(done ? core::expected<void>() : core::fail(done.error()));
                                })});
  question.answer(core::fail(core::ec::not_found, "There is no such node. GET /api/admin/cluster lists them."));
}

void switchboard::ask(actors::read_actors question) {
  std::vector all{actors::node_actors{node_name(), {}, parts_.gateway.actors(question.filter)}};
  parts_.others.ask_all("actors", encode_filter(question.filter), 2s,
                        [all, asker = question.answer](const peers::answers& heard) mutable {
                          for (const auto& [name, answer] : heard) {
                            auto tree = answer.and_then(decode_text).and_then(decode_tree);
                            all.push_back({name, tree ? "" : "unreachable", tree ? *tree : actors::actor_tree()});
                          }
                          asker(std::move(all));
                        });
}

void switchboard::ask(actors::read_health question) { ask_health(std::move(question), false); }
void switchboard::ask(actors::run_health question) { ask_health(std::move(question), true); }

/// Of one company from whoever has it, of everything from everybody.
template <class Question>
void switchboard::ask_health(Question question, bool run) const {
  if (question.company.empty())
    return ask_health_of_everything(std::move(question), run);
  const auto owner = parts_.companies.owner_of(question.company);
  if (parts_.companies.is_here(question.company) || owner == 0)
    return parts_.gateway.ask_monitor(std::move(question));
  parts_.others.ask(owner, {"health", encode_health_question({question.company, run}), patience_with_health,
                            actors::reply<std::string>([asker = question.answer](const auto& heard) {
                              asker(heard.and_then(decode_text).and_then(decode_report));
                            })});
}

template <class Question>
void switchboard::ask_health_of_everything(Question question, bool run) const {
  const auto all = std::make_shared<health_gathering>(peers_as_dependencies(), question.answer);
  question.answer = actors::reply<health::report>([all](const auto& own) { all->own(own); });
  parts_.gateway.ask_monitor(std::move(question));
  parts_.others.ask_all("health", encode_health_question({{}, run}), patience_with_health,
                        [all](const peers::answers& heard) { all->others(heard); });
}

void switchboard::release_elsewhere(actors::release_quarantine question) {
  const auto heard = [services = parts_.services, question](const core::expected<std::string>& said) {
    const auto done = said.and_then(decode_text);
    if (!done)
      return question.answer(core::fail(done.error()));
    services->stores.ask(actors::load_profile{question.tenant, question.answer});
  };
  const auto owner = parts_.companies.owner_of(question.tenant);
  parts_.others.ask(owner,
                    {"release", encode_release(question.tenant, question.by), 5s, actors::reply<std::string>(heard)});
}

void switchboard::wake_elsewhere(const core::tenant_id& company) {
  parts_.others.ask(parts_.companies.owner_of(company),
                    {"wake", company.value, 2s, actors::reply<std::string>([](const auto&) {})});
}

// -- the links of this node -------------------------------------------------------------------------------------------

std::vector<core::link_row> switchboard::own_links() const {
  std::vector<core::link_row> out;
  for (const auto& row : parts_.others.rows())
    out.push_back({node_name(), row.peer.name, std::string(to_string(row.vitals->status.load())),
                   row.vitals->rtt_us.load(), row.vitals->in_flight.load(), row.vitals->bytes_in_flight.load()});
  return out;
}

std::vector<health::dependency> switchboard::peers_as_dependencies() const {
  std::vector<health::dependency> out;
  for (const auto& row : parts_.others.rows()) {
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
    one.checked_at = parts_.services->clock.now();
    out.push_back(std::move(one));
  }
  return out;
}

} // namespace trunkline::cluster
