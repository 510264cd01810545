#pragma once

#include "core/error.hpp"
#include "http/exchange.hpp"

namespace trunkline::http {

/// The only place where an error becomes a status: application/problem+json as API.md section 1 has it.
void respond_error(exchange& request, const core::error& failure);

/// The same, as a value.
response problem(const core::request_id& request, const core::error& failure);

void respond_json(exchange& request, int status, std::string body,
                  std::vector<std::pair<std::string, std::string>> headers = {});

/// 204.
void respond_nothing(exchange& request);

/// A webhook's refusal that must not tell anything: 403, no body.
void respond_forbidden_webhook(exchange& request);

} // namespace trunkline::http
