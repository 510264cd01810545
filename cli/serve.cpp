#include "cli/commands.hpp"
#include "cluster/node.hpp"
#include "cluster/outage_start.hpp"
#include "config/admin_key.hpp"
#include "config/log.hpp"
#include "core/clock.hpp"

#include <csignal>
#include <cstdio>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace trunkline::cli {

namespace {

constexpr auto drain_patience = std::chrono::seconds(20);
constexpr unsigned stop_watchdog_seconds = 25; ///< an orchestrator kills after 30

/// No core file with credentials in it, and no other process of this user may read our memory.
void keep_memory_private() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

/// Before any thread is started, so that all of them leave these signals to sigwait().
sigset_t block_signals() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return stop;
}

/// What may change while a node runs. What can not be used is said, and everything stays as it was.
void read_again(cluster::node& node, const settings_source& read) {
  log::info(log::no_request, "SIGHUP: reading the configuration again");
  const auto fresh = read();
  if (!fresh)
    return log::error(log::no_request, "the configuration stays as it is: {}", fresh.error().detail);
  log::set_up(fresh->log_level, fresh->log_format);
  node.reload(*fresh);
  log::debug(log::no_request,
             "log level, log format, the key of JSON Web Tokens and the master keys are as configured");
}

/// Returns the signal that ends the node.
int wait_for_the_end(const sigset_t& waited_for, cluster::node& node, const settings_source& read) {
  for (;;) {
    int signal = 0;
    sigwait(&waited_for, &signal);
    if (signal != SIGHUP)
      return signal;
    read_again(node, read);
  }
}

} // namespace

int serve(const config::settings& settings, const settings_source& read) {
  keep_memory_private();
  const auto waited_for = block_signals();
  const log::background lines;
  auto admin_key = config::admin_key(settings);
  if (!admin_key) {
    std::fprintf(stderr, "trunkline: %s\n", admin_key.error().detail.c_str());
    return 1;
  }
  const core::system_clock clock;
  const auto begun = std::chrono::steady_clock::now();
  auto node = cluster::node::start(settings, std::move(*admin_key), clock);
  if (!node && cluster::told_to_stop()) { // a signal while it waited for the database
    log::info(log::no_request, "stopped: {}", node.error().detail);
    return 0;
  }
  if (!node) {
    std::fprintf(stderr, "trunkline: %s\n", node.error().detail.c_str());
    log::error(log::no_request, "not started: {} {}", node.error().detail, node.error().context);
    return 1;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  log::info(log::no_request, "ready: webhooks {} api {} companies {} after {} ms", (*node)->webhook_url(),
            (*node)->api_url(), (*node)->companies(), took.count());

  const int signal = wait_for_the_end(waited_for, **node, read);
  log::info(log::no_request, "signal {}: draining", signal);
  alarm(stop_watchdog_seconds); // whatever hangs below, the process ends
  (*node)->drain(drain_patience);
  node->reset();
  log::info(log::no_request, "stopped");
  return 0;
}

} // namespace trunkline::cli
