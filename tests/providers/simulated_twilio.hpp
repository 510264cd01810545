#pragma once

#include "sim/world.hpp"

#include <functional>
#include <memory>
#include <string>

namespace trunkline::tests {

/// The simulator with its demo accounts, behind a real socket of the loopback.
class simulated_twilio {
public:
  simulated_twilio();
  ~simulated_twilio();
  simulated_twilio(const simulated_twilio&) = delete;
  simulated_twilio& operator=(const simulated_twilio&) = delete;

  std::string url() const; ///< without a slash at the end

  /// Runs on the simulator's own thread, to its end.
  void in_world(const std::function<void(sim::world&)>& change);
  void fault(const std::string& rule); ///< as JSON, see sim/faults.hpp
  void no_faults();

private:
  struct impl; // Beast stays out of the tests
  std::unique_ptr<impl> impl_;
};

} // namespace trunkline::tests
