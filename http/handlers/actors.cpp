#include "http/handlers/actors.hpp"

#include "http/ask.hpp"
#include "http/query.hpp"
#include "http/respond.hpp"
#include "http/shapes/actors.hpp"
#include "json/writer.hpp"

namespace trunkline::http::handlers {

std::function<void(const exchange_ptr&)> list_actors(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"kind", "companyId", "state"});
    actors::actor_filter filter;
    filter.kind = query.one_of("kind", {"NODE", "GUARD", "SHARDS", "TENANT", "OUTBOX", "CAMPAIGN", "INBOX", "STORE",
                                        "TWILIO", "VAPI", "PROVISIONING", "HEALTH_MONITOR", "LINK"});
    filter.company_id = query.text("companyId");
    filter.state =
        query.one_of("state", {"starting", "running", "backoff", "passivating", "passive", "quarantined", "stopped"});
    if (auto ok = query.ok(); !ok)
      return respond_error(*request, ok.error());
    ctx.actors.ask(actors::read_actors{
        filter, reply_to<std::vector<actors::node_actors>>(request, [](exchange& asked, const auto& nodes) {
          json::writer out;
          shapes::write_actors(out, nodes);
          respond_json(asked, 200, out.take());
        })});
  };
}

} // namespace trunkline::http::handlers
