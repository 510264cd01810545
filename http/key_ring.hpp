#pragma once

#include "core/clock.hpp"
#include "core/principal.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace trunkline::http {

/// Credentials whose answer is known, by their hash. The database is asked again after five seconds, so that what was
/// revoked on another node is refused here soon; while it can not be asked, what was known goes on for five minutes.
/// Thread-safe; remembers 10,000 of them.
class key_ring {
public:
  static constexpr int64_t fresh_ms = 5'000, stale_ms = 300'000, wrong_ms = 60'000, note_use_every_ms = 60'000;

  std::optional<core::principal> fresh(const std::string& hash, core::timestamp now) const;
  std::optional<core::principal> stale(const std::string& hash, core::timestamp now) const;
  /// Known to be wrong, not long ago: repeating it is no new guess.
  bool wrong(const std::string& hash, core::timestamp now) const;

  /// `until`: true without asking again until then, for what the database does not know.
  void put(const std::string& hash, core::principal who, core::timestamp now,
           std::optional<core::timestamp> until = std::nullopt);
  void put_wrong(const std::string& hash, core::timestamp now);

  /// True once a minute for each key.
  bool use_is_to_be_noted(const std::string& hash, core::timestamp now);

  void forget(const std::string& hash);
  void forget_all_of(const std::string& kind, const std::string& id);
  void forget_company(const core::tenant_id& company);

private:
  struct entry {
    std::optional<core::principal> who; ///< none: wrong
    core::timestamp fresh_until, stale_until, noted;
  };

  void keep(const std::string& hash, entry what, core::timestamp now);

  mutable std::mutex lock_;
  std::unordered_map<std::string, entry> entries_;
};

} // namespace trunkline::http
