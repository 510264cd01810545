#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/outbox_cases.hpp"
