#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace trunkline::health {

/// Tells whether Twilio is away or one of its customers has a problem of his own.
///
/// The first account that can not be reached (or, in an outage, that can be reached again) opens a question: others are
/// asked at once, whatever their turn, and when they have answered it is decided. So an outage is known as one before
/// the first company's alert is opened, even where only one company is checked every ten seconds.
///
///   calm ── one is unreachable ──> asking ── few are ──> calm
///                                    └── 80 % of at least 5 are, or all and the platform's own ──> outage
///   outage ── one is reachable ──> asking ── 80 % are not ──> outage
///                                    └── else ──> calm
class outage_watch {
public:
  static constexpr size_t enough = 5; ///< accounts to decide by
  static constexpr char platform[] = "";

  /// What a check of an account has shown.
  void heard(const std::string& account, bool reachable);

  bool asking() const { return asking_; }
  bool outage() const { return outage_; }
  bool ever_reachable() const { return ever_reachable_; }

  struct decision {
    size_t asked = 0, unreachable = 0;
    bool changed = false;
  };
  /// Everybody who was asked has answered, or will not.
  decision decide();

private:
  bool is_outage(size_t asked, size_t unreachable) const;

  bool outage_ = false, asking_ = false, ever_reachable_ = false;
  std::map<std::string, bool> answers_; ///< reachable, by account
};

} // namespace trunkline::health
