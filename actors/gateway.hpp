#pragma once

#include "actors/actor_tree.hpp"
#include "actors/messages.hpp"
#include "actors/number_directory.hpp"

#include <string>
#include <vector>

namespace trunkline::actors {

/// What the front end may ask of the actors, without knowing that they are actors.
class gateway {
public:
  virtual ~gateway() = default;

  virtual const number_directory& numbers() const = 0;

  /// Hands a verified webhook to its company. Its reply is called exactly once, from any thread, within the deadline.
  virtual void dispatch(webhook_job job) = 0;

  // Questions: each is answered exactly once, from any thread, within the deadline.
  virtual void ask(load_profile question) = 0;
  virtual void ask(create_company question) = 0;
  virtual void ask(list_companies question) = 0;
  virtual void ask(put_config question) = 0; ///< on success every node's front end and the company's actor know
  virtual void ask(list_calls question) = 0;
  virtual void ask(find_call question) = 0;
  virtual void ask(list_messages question) = 0;
  virtual void ask(release_quarantine question) = 0;

  virtual actor_tree actors(const actor_filter& filter) const = 0;
  virtual std::string node_name() const = 0;
  virtual bool quarantined(const core::tenant_id& tenant) const = 0;

  /// Empty when traffic may come: "starting", "database", "draining".
  virtual std::vector<std::string> not_ready_reasons() const = 0;
};

} // namespace trunkline::actors
