#include "persistence/database.hpp"

#include "persistence/database_impl.hpp"
#include "persistence/session.hpp"

namespace trunkline::persistence {

database::database(std::unique_ptr<impl> body) : impl_(std::move(body)) {}

database::~database() = default;

core::expected<std::unique_ptr<database>> database::open(database_settings settings) {
  auto address = parse_database_url(settings.url, settings.connect_timeout);
  if (!address)
    return core::fail(std::move(address.error()));
  auto body = std::make_unique<impl>();
  body->settings = std::move(settings);
  body->address = std::move(*address);
  if (body->address.kind == dialect::sqlite) {
    auto lock = lock_file::take(body->address.path + ".lock");
    if (!lock)
      return core::fail(std::move(lock.error()));
    body->lock.emplace(std::move(*lock));
    body->checkpoints.emplace(body->address.path, body->writer);
  }
  // The first connection shows that there is a database and that it keeps its word.
  session first(*body);
  auto answers = first.run("opening the database", access::read, [](soci::session&) { return core::expected<void>{}; });
  if (!answers)
    return core::fail(std::move(answers.error()));
  return std::unique_ptr<database>(new database(std::move(body)));
}

dialect database::kind() const { return impl_->address.kind; }

event_bell& database::events() { return impl_->events; }

std::unique_ptr<session> database::connect() { return std::make_unique<session>(*impl_); }

} // namespace trunkline::persistence
