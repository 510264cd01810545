#pragma once

#include "sim/model.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace trunkline::sim {

/// Rows of one kind, at most `limit` of them: the oldest makes room, whoever owns it.
template <class Row>
class table {
public:
  using pointer = std::shared_ptr<Row>;
  using rows = std::deque<pointer>; ///< oldest first; skip those that are `deleted`

  explicit table(size_t limit) : limit_(limit) {}

  pointer insert(Row&& row) {
    if (all_.size() >= limit_ && deleted_ > limit_ / 4)
      forget_deleted();
    else if (all_.size() >= limit_)
      drop_oldest();
    row.seq = ++last_seq_;
    auto stored = std::make_shared<Row>(std::move(row));
    all_.push_back(stored);
    by_account_[stored->account_sid].push_back(stored);
    by_sid_[stored->sid] = stored;
    return stored;
  }

  pointer find(const std::string& account_sid, const std::string& sid) const {
    const auto found = by_sid_.find(sid);
    return found != by_sid_.end() && found->second->account_sid == account_sid ? found->second : nullptr;
  }

  void erase(const pointer& row) {
    row->deleted = true;
    ++deleted_;
    by_sid_.erase(row->sid);
  }

  /// Gives the row to another account, as its newest.
  pointer move_to(const pointer& row, const std::string& account_sid) {
    Row copy = *row;
    erase(row);
    copy.account_sid = account_sid;
    copy.deleted = false;
    return insert(std::move(copy));
  }

  const rows& of_account(const std::string& account_sid) const {
    static const rows none;
    const auto found = by_account_.find(account_sid);
    return found == by_account_.end() ? none : found->second;
  }

  size_t size() const { return by_sid_.size(); }

private:
  void drop_oldest() {
    const auto oldest = all_.front();
    all_.pop_front();
    // The oldest of all is the oldest of its account too.
    const auto mine = by_account_.find(oldest->account_sid);
    mine->second.pop_front();
    if (mine->second.empty())
      by_account_.erase(mine);
    if (oldest->deleted)
      --deleted_;
    else
      by_sid_.erase(oldest->sid);
  }

  void forget_deleted() {
    const auto gone = [](const pointer& row) { return row->deleted; };
    std::erase_if(all_, gone);
    for (auto mine = by_account_.begin(); mine != by_account_.end();) {
      std::erase_if(mine->second, gone);
      mine = mine->second.empty() ? by_account_.erase(mine) : std::next(mine);
    }
    deleted_ = 0;
  }

  size_t limit_, deleted_ = 0;
  int64_t last_seq_ = 0;
  rows all_;
  std::unordered_map<std::string, rows> by_account_;
  std::unordered_map<std::string, pointer> by_sid_;
};

} // namespace trunkline::sim
