#include "http/handlers/numbers.hpp"

#include "http/ask.hpp"
#include "http/checks/json_body.hpp"
#include "http/put_config.hpp"
#include "http/shapes/number.hpp"
#include "http/shapes/page.hpp"
#include "json/tenant_config.hpp"

#include <algorithm>

namespace trunkline::http::handlers {

namespace {

/// At most a hundred: they are all in the configuration.
core::page<core::company_number> cut(std::vector<core::company_number> numbers, const core::page_request& page) {
  const auto place = [](const core::company_number& n) { return std::pair(n.origin.assigned_at, n.number.str()); };
  std::sort(numbers.begin(), numbers.end(), [&](const auto& a, const auto& b) { return place(a) > place(b); });
  if (page.after)
    std::erase_if(numbers, [&](const auto& n) { return place(n) >= *page.after; });
  core::page<core::company_number> out;
  out.more = numbers.size() > page.limit;
  numbers.resize(std::min(numbers.size(), page.limit));
  out.rows = std::move(numbers);
  return out;
}

const core::company_number* find(const core::tenant_config& config, const core::phone_number& number) {
  const auto found = std::find_if(config.numbers.begin(), config.numbers.end(),
                                  [&](const auto& entry) { return entry.number == number; });
  return found == config.numbers.end() ? nullptr : &*found;
}

/// As a PUT of the configuration with one number more.
void add(context& ctx, const exchange_ptr& request, const core::tenant_profile& current, core::company_number wanted) {
  if (find(current.config, wanted.number))
    return respond_error(*request, {core::ec::phone_number_taken, "The company has this number already.", "", {}});
  json::config_change change;
  change.numbers = current.config.numbers;
  for (auto& entry : *change.numbers)
    entry.primary = entry.primary && !wanted.primary;
  const auto number = wanted.number;
  change.numbers->push_back(std::move(wanted));
  put_config(ctx, request, current, change, [id = current.tenant.id, number](exchange& asked, const auto& stored) {
    json::writer out;
    shapes::write_number(out, id, *find(stored, number));
    respond_json(asked, 201, out.take(), {{"Location", "/api/companies/" + id.value + "/numbers/" + number.str()}});
  });
}

} // namespace

std::function<void(const exchange_ptr&)> list_numbers(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto wanted = shapes::read_page(*request);
    if (!wanted)
      return respond_error(*request, wanted.error());
    ctx.actors.ask(actors::load_profile{
        core::tenant_id(std::string(request->captures[0])),
        reply_to<core::tenant_profile>(request, [wanted = *wanted](exchange& asked, const auto& company) {
          const auto& id = company.tenant.id;
          respond_json(asked, 200,
                       shapes::write_page(cut(company.config.numbers, wanted.page), wanted.scope,
                                          [&](json::writer& out, const auto& n) {
                                            shapes::write_number(out, id, n);
                                            return std::pair(n.origin.assigned_at, n.number.str());
                                          }));
        })});
  };
}

std::function<void(const exchange_ptr&)> add_number(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    ctx.actors.ask(actors::load_profile{
        core::tenant_id(std::string(request->captures[0])),
        reply_to<core::tenant_profile>(request, [&ctx, request](exchange& asked, const auto& current) {
          auto wanted = shapes::read_new_number(request->body(), current.tenant.country);
          if (!wanted)
            return respond_error(asked, wanted.error());
          add(ctx, request, current, std::move(*wanted));
        })});
  };
}

} // namespace trunkline::http::handlers
