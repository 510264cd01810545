#pragma once

#include "core/live_event.hpp"
#include "persistence/inbox_batch.hpp"
#include "persistence/watched_companies.hpp"

#include <vector>

namespace trunkline::persistence {

/// What browsers are to be told of what a batch has stored, after it has: new messages with their channels, messages
/// whose status has changed, calls. Only of companies that are watched. May throw SOCI's exceptions.
std::vector<core::live_event> events_of(soci::session& sql, dialect kind, const inbox_facts& facts,
                                        const watched_companies::snapshot& watched);

} // namespace trunkline::persistence
