#pragma once

#include "http/exchange.hpp"

#include <restinio/all.hpp>

#include <atomic>
#include <memory>

namespace trunkline::http {

/// What a listener and all its exchanges know.
struct traffic {
  std::atomic<bool> closing{false}; ///< every answer closes its connection
  std::atomic<size_t> unanswered{0};
};

/// A request as handlers see it. Null if its head can be read in two ways: then it has been refused.
exchange_ptr make_exchange(restinio::request_handle_t request, const std::shared_ptr<traffic>& listener);

} // namespace trunkline::http
