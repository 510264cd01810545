#pragma once

#include "config/log.hpp"
#include "core/error.hpp"

#include <caf/error.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <string>

namespace trunkline::actors {

/// What the exception that ended an actor said; the DOWN message carries only an error code.
std::string describe(std::exception_ptr problem);

/// What `work` returns; if it throws, ec::internal_error. For workers that must outlive a surprise.
template <class Work>
auto guarded(std::string_view who, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    return core::fail(core::ec::internal_error, {}, std::string(who) + ": " + describe(std::current_exception()));
  }
}

/// CAF 0.17's own handlers print message contents (tokens, phone numbers) to stdout; ours name the actor and no more.
/// An exception ends the actor with sec::runtime_error, which its supervisor sees.
template <class Actor>
void keep_quiet(Actor* self) {
  self->set_default_handler([](caf::scheduled_actor* me, caf::message_view&) -> caf::result<caf::message> {
    log::error(log::no_request, "{}: unexpected message", me->name());
    return caf::sec::unexpected_message;
  });
  self->set_error_handler([](caf::scheduled_actor* me, caf::error& failure) {
    log::error(log::no_request, "{}: unhandled error {}", me->name(), static_cast<int>(failure.code()));
  });
  self->set_exception_handler([](caf::scheduled_actor*, std::exception_ptr& problem) -> caf::error {
    return caf::make_error(caf::sec::runtime_error, describe(problem));
  });
}

} // namespace trunkline::actors
