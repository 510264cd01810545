#pragma once

#include "persistence/journal_drain.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

namespace trunkline::persistence {

struct journaled_inbox_settings {
  std::filesystem::path folder;
  journal_limits limits = {};
  std::chrono::milliseconds first_pause{100}, longest_pause{2000}; ///< between two tries to drain
  size_t hand_over_at = 2 * journal_drain::largest_batch;          ///< so few left are stored while record() waits
  size_t remembered = 100'000; ///< drained webhooks whose first answer is known until the journal is empty
};

/// An INBOX's database with a journal in front of it for the time when it is away. The session of `database` belongs to
/// whoever calls record() while the journal is empty, and to the thread that drains it while it is not; so there is one
/// writer, and what came first is stored first.
class journaled_inbox final : public inbox_store {
public:
  static core::expected<std::unique_ptr<journaled_inbox>> open(std::unique_ptr<inbox_store> database,
                                                               journaled_inbox_settings settings);
  ~journaled_inbox() override;

  /// Durable in the database or in the journal. Only the batch that finds the database away waits for it; until it is
  /// back and has everything, the others do not ask it.
  core::expected<std::vector<inbox_outcome>> record(const std::vector<const core::webhook_event*>& batch) override;

  /// Whether everything is in the database.
  bool drained() const;

private:
  using held_lock = std::unique_lock<std::mutex>;

  journaled_inbox(std::unique_ptr<inbox_store> database, journaled_inbox_settings settings);
  core::expected<std::vector<inbox_outcome>> keep(const std::vector<const core::webhook_event*>& batch);
  void keep_draining();
  bool drain_one_batch(held_lock& held);
  void say_that_it_waits(const core::error& why);
  void finish();
  void remember(const core::webhook_event& event);
  void drained_now(const std::vector<const core::webhook_event*>& batch);

  const journaled_inbox_settings settings_;
  std::unique_ptr<inbox_store> database_;
  mutable std::mutex lock_;
  std::condition_variable changed_;
  std::optional<journal> journal_;
  std::optional<journal_drain> drain_;
  bool away_ = false;       ///< the journal is in use
  bool responsive_ = false; ///< the last try to drain went well
  bool stopping_ = false;
  std::chrono::steady_clock::time_point silent_until_{};
  std::unordered_map<std::string, core::webhook_answer> first_answers_; ///< by key
  std::deque<std::string> drained_keys_;
  std::thread drainer_;
};

} // namespace trunkline::persistence
