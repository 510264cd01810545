#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/inbox_cases.hpp"
