#pragma once

#include "actors/access_messages.hpp"
#include "actors/channel_messages.hpp"
#include "actors/health_messages.hpp"
#include "actors/outbox_messages.hpp"
#include "actors/store_messages.hpp"
#include "actors/twilio_messages.hpp"

#include <utility>

namespace trunkline::actors {

/// ask(Question) for each of them, to be implemented by somebody.
template <class Question>
class asked {
public:
  virtual ~asked() = default;
  virtual void ask(Question question) = 0;
};

template <class... Questions>
class asked_all : public asked<Questions>... {
public:
  using asked<Questions>::ask...;
};

/// What a STORE worker answers without anybody else having to know of it.
using store_questions =
    asked_all<load_profile, list_companies, check_numbers, load_facts, put_account_check, list_conflicts, sum_usage,
              list_calls, find_call, list_messages, find_message, list_channels, find_channel, list_channel_messages,
              mark_channel_read, list_opt_outs, add_opt_out, remove_opt_out, create_key, find_key, list_keys,
              delete_key, note_key_used, put_user, list_users, delete_user, sign_in, find_session, sign_out, list_audit,
              rotate_master_key, begin_idempotent, finish_idempotent, list_alerts, acknowledge_alert, decide_message>;

/// What the TWILIO client answers.
using twilio_questions = asked_all<fetch_account, find_account_number, fetch_recording>;

namespace detail {

template <class Derived, class Base, class... Questions>
class handing_over;

template <class Derived, class Base>
class handing_over<Derived, Base> : public Base {};

template <class Derived, class Base, class First, class... Rest>
class handing_over<Derived, Base, First, Rest...> : public handing_over<Derived, Base, Rest...> {
public:
  using Base::ask;
  void ask(First question) override { static_cast<Derived*>(this)->hand_over(std::move(question)); }
};

template <class Derived, class Base, class... Questions>
handing_over<Derived, Base, Questions...> handing_over_all(const asked_all<Questions...>*);

} // namespace detail

/// Implements `List` in a class derived from `Base`: every question goes to Derived::hand_over(question).
template <class Derived, class Base, class List>
using hands_over = decltype(detail::handing_over_all<Derived, Base>(static_cast<const List*>(nullptr)));

} // namespace trunkline::actors
