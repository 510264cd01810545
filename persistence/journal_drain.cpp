#include "persistence/journal_drain.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"

#include <algorithm>

namespace trunkline::persistence {

namespace {

core::counter drained("trunkline_journal_drained_total", "Webhooks stored out of the journal");

} // namespace

std::vector<const core::webhook_event*> journal_drain::next() {
  if (done_ == front_.size()) {
    if (!front_.empty())
      from_.drop_front();
    done_ = 0;
    front_ = from_.front();
  }
  taken_ = std::min(most_, front_.size() - done_);
  std::vector<const core::webhook_event*> batch;
  for (size_t i = done_; i < done_ + taken_; ++i)
    batch.push_back(&front_[i]);
  return batch;
}

void journal_drain::stored(const std::vector<inbox_outcome>& outcomes) {
  for (size_t i = 0; i < taken_; ++i)
    if (outcomes[i].refused)
      from_.set_aside(front_[done_ + i]);
    else
      drained.add();
  done_ += taken_;
  most_ = std::min(largest_batch, most_ + largest_batch / 32);
}

std::optional<core::timestamp> journal_drain::oldest() const {
  if (done_ == front_.size())
    return std::nullopt;
  return front_[done_].received_at;
}

core::expected<void> drain_journals(const std::filesystem::path& home, inbox_store& into,
                                    const std::function<bool(const core::error* failure)>& go_on) {
  for (const auto& folder : journal::found_in(home)) {
    auto found = journal::open(folder);
    if (!found)
      return core::fail(found.error());
    const auto events = found->events();
    journal_drain drain(*found);
    for (auto batch = drain.next(); !batch.empty(); batch = drain.next()) {
      const auto outcomes = into.record(batch);
      outcomes ? drain.stored(*outcomes) : drain.failed();
      if (!go_on(outcomes ? nullptr : &outcomes.error()))
        return core::fail(outcomes ? core::error{core::ec::not_ready, "Told to stop.", {}, {}} : outcomes.error());
    }
    log::info(log::no_request, "journal: {} webhooks of an earlier run in {} are in the database", events,
              folder.string());
  }
  return {};
}

} // namespace trunkline::persistence
