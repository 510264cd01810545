#pragma once

#include "core/error.hpp"
#include "http/exchange.hpp"

#include <optional>

namespace trunkline::http {

/// The version in If-Match: none if absent or "*", ec::etag_mismatch when it is no tag of ours (it can match nothing).
core::expected<std::optional<int64_t>> if_match(const exchange& request);

/// Answers 304 if If-None-Match names this version (a list, weak tags and "*" are understood); false otherwise.
bool not_modified(exchange& request, int64_t version);

/// JSON with a strong ETag; 201 also gets its Location.
void respond_tagged(exchange& request, int status, std::string body, int64_t version, std::string location = {});

} // namespace trunkline::http
