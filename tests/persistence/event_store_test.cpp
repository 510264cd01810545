#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/live_event_cases.hpp"
