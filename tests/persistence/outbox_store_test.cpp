#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/outbox_cases.hpp"
