#include "persistence/listener.hpp"

#include "persistence/session.hpp"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>

#include <array>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace trunkline::persistence {

namespace {

/// LISTEN, as long as the connection lasts.
struct subscription {
  explicit subscription(soci::session&) {}
  bool made = false;
};

} // namespace

struct listener::news {
  int socket = -1;
  bool heard = false;
};

listener::listener(database& db, std::string channel)
    : session_(db.connect()), channel_(std::move(channel)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

listener::~listener() { ::close(wake_); }

void listener::wake() const {
  const uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one); // fails only if it is awake already
}

/// Subscribes when the connection is new, and takes what has arrived.
core::expected<listener::news> listener::listen() {
  return session_->run("listening", access::read, [&](soci::session& sql) -> core::expected<news> {
    auto* handle = static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
    news found{PQsocket(handle), false};
    auto& subscribed = session_->local<subscription>();
    if (!std::exchange(subscribed.made, true)) {
      run_script(sql, dialect::postgresql, fmt::format("listen {}", channel_));
      found.heard = true;
    }
    if (PQconsumeInput(handle) == 0)
      throw soci::postgresql_soci_error(PQerrorMessage(handle), "     ");
    while (auto* said = PQnotifies(handle)) {
      found.heard = true;
      PQfreemem(said);
    }
    return found;
  });
}

bool listener::wait(ms most) {
  const auto until = std::chrono::steady_clock::now() + most;
  auto now = listen();
  if (now && now->heard)
    return true;
  const auto left = std::chrono::ceil<ms>(until - std::chrono::steady_clock::now());
  std::array<pollfd, 2> ends = {pollfd{wake_, POLLIN, 0}, pollfd{now ? now->socket : -1, POLLIN, 0}};
  ::poll(ends.data(), ends.size(), static_cast<int>(std::max<int64_t>(0, left.count())));
  uint64_t ignored = 0;
  [[maybe_unused]] const auto read = ::read(wake_, &ignored, sizeof ignored);
  if (ends[1].revents == 0)
    return false;
  now = listen(); // a connection that has ended is made again here
  return now && now->heard;
}

} // namespace trunkline::persistence
