#pragma once

#include "actors/alarm_bell.hpp"
#include "actors/cluster_messages.hpp"
#include "actors/live_events.hpp"
#include "actors/messages.hpp"
#include "actors/number_directory.hpp"
#include "actors/questions.hpp"

#include <string>
#include <vector>

namespace trunkline::actors {

/// What the front end may ask of the actors, without knowing that they are actors. Each question is answered exactly
/// once, from any thread, within the deadline.
class gateway : public store_questions,
                public twilio_questions,
                public cluster_questions,
                public asked<create_company>,
                public asked<put_config>,
                public asked<change_company>,
                public asked<remove_company>,
                public asked<read_health>,
                public asked<run_health>,
                public asked<release_quarantine>,
                public asked<enqueue_message> {
public:
  using cluster_questions::ask;
  using store_questions::ask;
  using twilio_questions::ask;
  using asked<create_company>::ask;
  using asked<put_config>::ask; ///< on success every node's front end and the company's actor know
  using asked<change_company>::ask;
  using asked<remove_company>::ask;
  using asked<read_health>::ask;
  using asked<run_health>::ask; ///< takes up to 15 s
  using asked<release_quarantine>::ask;
  using asked<enqueue_message>::ask; ///< whoever acts for the company hears that there is something to send

  virtual const number_directory& numbers() const = 0;

  /// Where browsers are told what happens.
  virtual live_events& events() const = 0;

  /// Where to tell of what should become an alert.
  virtual alarm_bell& bell() const = 0;

  /// Hands a verified webhook to its company. Its reply is called exactly once, from any thread, within the deadline.
  virtual void dispatch(webhook_job job) = 0;

  virtual std::string node_name() const = 0;
  virtual bool quarantined(const core::tenant_id& tenant) const = 0;

  /// Empty when traffic may come: "starting", "database", "draining", "lease".
  virtual std::vector<std::string> not_ready_reasons() const = 0;
};

} // namespace trunkline::actors
