// What TSan has to be told of libraries that are not compiled with it; part of every program of the tsan preset only.
//
// Debian's CAF hands messages over by atomics that TSan cannot see, so that every message looks like a race.
// Suppressing all reports with CAF in them would suppress all that actors do. Instead the functions of CAF where a
// message or an actor changes threads are taken over here, tell TSan what CAF promises, and go on to CAF's own:
//
// - what was done before a message was sent happens before it is handled (or dropped);
// - an actor's steps happen one after the other;
// - what was done before a reference was given up happens before the object is destroyed.

#include <caf/actor_control_block.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/ref_counted.hpp>
#include <caf/scheduled_actor.hpp>

#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <pthread.h>
#include <sanitizer/tsan_interface.h>

namespace {

/// The function of this name in the library, which would have been called without this file.
template <class Function>
Function* the_original(const char* mangled) {
  void* const found = ::dlsym(RTLD_NEXT, mangled);
  if (found == nullptr) {
    std::fprintf(stderr, "tsan_models.cpp does not fit this version of the library: no %s\n", mangled);
    std::abort();
  }
  return reinterpret_cast<Function*>(found);
}

void published(const void* where) { __tsan_release(const_cast<void*>(where)); }
void taken_over(const void* where) { __tsan_acquire(const_cast<void*>(where)); }

/// Giving up one of several references: the last one sees what all others did.
void shared(const void* where) {
  published(where);
  taken_over(where);
}

} // namespace

namespace caf {

// -- messages ---------------------------------------------------------------------------------------------------------

void scheduled_actor::enqueue(mailbox_element_ptr element, execution_unit* worker) {
  static auto* const go_on = the_original<void(scheduled_actor*, mailbox_element_ptr, execution_unit*)>(
      "_ZN3caf15scheduled_actor7enqueueESt10unique_ptrINS_15mailbox_elementENS_6detail8disposerEEPNS_14execution_"
      "unitE");
  published(element.get());
  go_on(this, std::move(element), worker);
}

scheduled_actor::activation_result scheduled_actor::reactivate(mailbox_element& element) {
  static auto* const go_on = the_original<activation_result(scheduled_actor*, mailbox_element&)>(
      "_ZN3caf15scheduled_actor10reactivateERNS_15mailbox_elementE");
  taken_over(&element);
  const auto result = go_on(this, element);
  published(this);
  return result;
}

void detail::sync_request_bouncer::operator()(const mailbox_element& dropped) const {
  static auto* const go_on = the_original<void(const sync_request_bouncer*, const mailbox_element&)>(
      "_ZNK3caf6detail20sync_request_bouncerclERKNS_15mailbox_elementE");
  taken_over(&dropped);
  go_on(this, dropped);
}

// -- an actor's steps -------------------------------------------------------------------------------------------------

void scheduled_actor::launch(execution_unit* worker, bool lazy, bool hide) {
  static auto* const go_on = the_original<void(scheduled_actor*, execution_unit*, bool, bool)>(
      "_ZN3caf15scheduled_actor6launchEPNS_14execution_unitEbb");
  published(this);
  go_on(this, worker, lazy, hide);
}

bool scheduled_actor::activate(execution_unit* worker) {
  static auto* const go_on =
      the_original<bool(scheduled_actor*, execution_unit*)>("_ZN3caf15scheduled_actor8activateEPNS_14execution_unitE");
  taken_over(this);
  const bool alive = go_on(this, worker);
  published(this);
  return alive;
}

// -- references -------------------------------------------------------------------------------------------------------

void intrusive_ptr_release(actor_control_block* actor) {
  static auto* const go_on =
      the_original<void(actor_control_block*)>("_ZN3caf21intrusive_ptr_releaseEPNS_19actor_control_blockE");
  shared(actor);
  go_on(actor);
}

void intrusive_ptr_release_weak(actor_control_block* actor) {
  static auto* const go_on =
      the_original<void(actor_control_block*)>("_ZN3caf26intrusive_ptr_release_weakEPNS_19actor_control_blockE");
  shared(actor);
  go_on(actor);
}

void ref_counted::deref() const noexcept {
  static auto* const go_on = the_original<void(const ref_counted*)>("_ZNK3caf11ref_counted5derefEv");
  shared(this);
  go_on(this);
}

} // namespace caf

// -- std::timed_mutex -------------------------------------------------------------------------------------------------

// g++ 12's TSan knows how it is unlocked, but not this one way in which it is locked.
extern "C" int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) noexcept {
  static auto* const go_on = the_original<int(pthread_mutex_t*, clockid_t, const timespec*)>("pthread_mutex_clocklock");
  const int result = go_on(mutex, clock, until);
  if (result == 0) {
    __tsan_mutex_pre_lock(mutex, __tsan_mutex_try_lock);
    __tsan_mutex_post_lock(mutex, __tsan_mutex_try_lock, 0);
  }
  return result;
}
