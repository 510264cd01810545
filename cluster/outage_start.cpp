#include "cluster/outage_start.hpp"

#include "config/log.hpp"
#include "persistence/journal_drain.hpp"

#include <algorithm>
#include <csignal>
#include <thread>

namespace trunkline::cluster {

using namespace std::chrono;

namespace {

/// Waits longer and longer, and says every 10 s what for.
class patience {
public:
  patience(const config::settings& settings, milliseconds pause)
      : home_(journal_home(settings).string()), pause_(pause) {}

  /// False: told to stop.
  bool wait(const core::error& why) {
    if (const auto now = steady_clock::now(); now >= silent_until_) {
      silent_until_ = now + seconds(10);
      log::warn(log::no_request,
                "waiting for the database, because webhooks that were answered are still in the journal {}: {} {}",
                home_, why.detail, why.context);
    }
    for (const auto until = steady_clock::now() + pause_; steady_clock::now() < until;
         std::this_thread::sleep_for(std::min(pause_, milliseconds(50))))
      if (told_to_stop())
        return false;
    pause_ = std::min<milliseconds>(2 * pause_, seconds(2));
    return true;
  }

private:
  const std::string home_;
  milliseconds pause_;
  steady_clock::time_point silent_until_ = steady_clock::time_point::min();
};

core::error stopped() { return {core::ec::not_ready, "Told to stop while waiting for the database.", {}, {}}; }

} // namespace

bool told_to_stop() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

std::filesystem::path journal_home(const config::settings& settings) {
  return std::filesystem::path(settings.data_dir) / "journal";
}

core::expected<void> open_patiently(const config::settings& settings, const std::function<core::expected<void>()>& open,
                                    milliseconds first_pause) {
  patience waiting(settings, first_pause);
  for (;;) {
    auto opened = open();
    const bool away = !opened && opened.error().code == core::ec::database_unavailable;
    if (!away || persistence::journal::found_in(journal_home(settings)).empty())
      return opened;
    if (!waiting.wait(opened.error()))
      return core::fail(stopped());
  }
}

core::expected<void> drain_what_was_left(const config::settings& settings, persistence::database& db) {
  const auto inbox = persistence::make_inbox_store(db);
  std::optional<patience> waiting;
  auto done = persistence::drain_journals(journal_home(settings), *inbox, [&](const core::error* failure) {
    if (failure == nullptr)
      return waiting.reset(), !told_to_stop();
    if (!waiting)
      waiting.emplace(settings, milliseconds(100));
    return waiting->wait(*failure);
  });
  if (!done && told_to_stop())
    return core::fail(stopped());
  return done;
}

} // namespace trunkline::cluster
