#include "providers/http_client.hpp"

#include "config/log.hpp"
#include "providers/transfer.hpp"

#include <csignal>
#include <deque>
#include <mutex>
#include <new>
#include <thread>
#include <unordered_map>
#include <vector>

namespace trunkline::providers {

using transfer_ptr = std::unique_ptr<transfer>;
using std::chrono::steady_clock;

/// How often to look for those who have waited for too long, when there is no room for them.
constexpr std::chrono::duration<int, std::milli> crowded{50};

namespace {

void block_broken_pipes() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

} // namespace

struct http_client::impl {
  explicit impl(http_client_options chosen);
  ~impl() { curl_multi_cleanup(multi); }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  /// Why the request is refused at once, if it is; otherwise it is taken.
  std::optional<not_sent> take(transfer_ptr& one);

  // -- on the client's own thread
  void run();
  bool begin_waiting();                  ///< false once the client stops
  std::vector<transfer_ptr> take_late(); ///< with the lock held
  void begin(transfer_ptr one);
  bool settle_finished(); ///< whether any was
  void give_up();

  const http_client_options options;
  CURLM* const multi;
  std::unordered_map<CURL*, transfer_ptr> under_way; ///< the thread's own
  steady_clock::time_point look_again;               ///< for those who have waited for too long; the thread's own

  std::mutex lock;
  std::deque<transfer_ptr> waiting;
  bool stopping = false;

  std::mutex joining;
  std::thread thread;
};

http_client::impl::impl(http_client_options chosen) : options(std::move(chosen)), multi(curl_multi_init()) {
  if (multi == nullptr)
    throw std::bad_alloc();
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.in_flight));
}

std::optional<not_sent> http_client::impl::take(transfer_ptr& one) {
  if (auto problem = why_malformed(one->request))
    return not_sent{not_sent::cause::malformed, std::move(*problem)};
  std::lock_guard held(lock);
  if (stopping)
    return not_sent{not_sent::cause::stopped, "stopped"};
  if (waiting.size() >= options.waiting)
    return not_sent{not_sent::cause::no_room, "too many requests wait"};
  waiting.push_back(std::move(one));
  return std::nullopt;
}

void http_client::impl::run() {
  block_broken_pipes(); // with CURLOPT_NOSIGNAL libcurl leaves that to us
  constexpr int idle_ms = 10'000;
  while (begin_waiting()) {
    int running = 0;
    auto result = curl_multi_perform(multi, &running);
    if (settle_finished())
      continue; // there is room again
    if (result == CURLM_OK)
      result =
          curl_multi_poll(multi, nullptr, 0, under_way.size() < options.in_flight ? idle_ms : crowded.count(), nullptr);
    if (result != CURLM_OK) { // out of memory or of descriptors: neither ends by trying again at once
      log::error(log::no_request, "http: {}", curl_multi_strerror(result));
      std::this_thread::sleep_for(crowded);
    }
  }
  give_up();
}

bool http_client::impl::begin_waiting() {
  std::vector<transfer_ptr> next, late;
  {
    std::lock_guard held(lock);
    if (stopping)
      return false;
    late = take_late();
    while (!waiting.empty() && under_way.size() + next.size() < options.in_flight) {
      next.push_back(std::move(waiting.front()));
      waiting.pop_front();
    }
  }
  for (const auto& one : late)
    finish(*one, not_sent{not_sent::cause::no_room, "waited for its whole deadline"});
  for (auto& one : next)
    begin(std::move(one));
  return true;
}

std::vector<transfer_ptr> http_client::impl::take_late() {
  std::vector<transfer_ptr> late;
  const auto now = steady_clock::now();
  if (now < look_again)
    return late;
  look_again = now + crowded;
  std::erase_if(waiting, [&](transfer_ptr& one) {
    const bool expired = one->expires() <= now;
    if (expired)
      late.push_back(std::move(one));
    return expired;
  });
  return late;
}

void http_client::impl::begin(transfer_ptr one) {
  if (!prepare(*one, options) || curl_multi_add_handle(multi, one->easy.get()) != CURLM_OK)
    return finish(*one, not_sent{not_sent::cause::malformed, "not taken by libcurl"});
  auto* const handle = one->easy.get();
  under_way.emplace(handle, std::move(one));
}

bool http_client::impl::settle_finished() {
  bool any = false;
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE)
      continue;
    auto one = std::move(under_way.extract(message->easy_handle).mapped());
    auto outcome = judge(*one, message->data.result); // the message goes with the handle
    curl_multi_remove_handle(multi, one->easy.get());
    finish(*one, std::move(outcome));
    any = true;
  }
  return any;
}

void http_client::impl::give_up() {
  for (auto& [handle, one] : under_way) {
    auto outcome = judge(*one, CURLE_ABORTED_BY_CALLBACK);
    curl_multi_remove_handle(multi, handle);
    if (std::holds_alternative<not_sent>(outcome.what))
      outcome.what = not_sent{not_sent::cause::stopped, "stopped"};
    finish(*one, std::move(outcome));
  }
  under_way.clear();
  std::deque<transfer_ptr> rest;
  {
    std::lock_guard held(lock);
    rest.swap(waiting);
  }
  for (const auto& one : rest)
    finish(*one, not_sent{not_sent::cause::stopped, "stopped"});
}

http_client::http_client(http_client_options options) {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK)
    throw std::bad_alloc(); // the only reason there is
  impl_ = std::make_unique<impl>(std::move(options));
  impl_->thread = std::thread([body = impl_.get()] { body->run(); });
}

http_client::~http_client() { stop(); }

void http_client::start(http_request request, callback done) {
  auto one = std::make_unique<transfer>(std::move(request), std::move(done));
  if (auto refused = impl_->take(one))
    finish(*one, std::move(*refused));
  else
    curl_multi_wakeup(impl_->multi);
}

void http_client::stop() {
  {
    std::lock_guard held(impl_->lock);
    impl_->stopping = true;
  }
  curl_multi_wakeup(impl_->multi);
  std::lock_guard held(impl_->joining);
  if (impl_->thread.joinable())
    impl_->thread.join();
}

const http_client_options& http_client::options() const { return impl_->options; }

} // namespace trunkline::providers
