#pragma once

#include "actors/reply.hpp"
#include "config/log.hpp"
#include "http/respond.hpp"

#include <utility>

namespace trunkline::http {

/// The right to answer `request`, for a question to the actors: `render` gets the value, an error is answered here.
template <class T, class Render>
actors::reply<T> reply_to(exchange_ptr request, Render render) {
  return actors::reply<T>([request = std::move(request), render = std::move(render)](core::expected<T> answer) {
    if (answer)
      return render(*request, std::move(*answer));
    if (!answer.error().context.empty())
      log::warn(request->id(), "{}: {}", core::to_string(answer.error().code), answer.error().context);
    respond_error(*request, answer.error());
  });
}

/// The same for a question whose answer is only that it is done.
template <class Render>
actors::reply<void> reply_to_done(exchange_ptr request, Render render) {
  return actors::reply<void>([request = std::move(request), render = std::move(render)](core::expected<void> answer) {
    if (answer)
      return render(*request);
    if (!answer.error().context.empty())
      log::warn(request->id(), "{}: {}", core::to_string(answer.error().code), answer.error().context);
    respond_error(*request, answer.error());
  });
}

} // namespace trunkline::http
