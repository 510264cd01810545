#pragma once

#include "actors/reply.hpp"

#include <functional>
#include <utility>

namespace trunkline::actors {

/// Lets an actor do something when it is its turn: callable from any thread, nothing happens once the actor has ended.
using on_self = std::function<void(std::function<void()>)>;

/// The right to answer a question that an actor asks, with the answer handled by that actor.
template <class T, class Then>
reply<T> reply_on(const on_self& post, Then then) {
  return reply<T>([post, then = std::move(then)](core::expected<T> answer) {
    post([then, answer = std::move(answer)] { then(answer); });
  });
}

} // namespace trunkline::actors
