#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/inbox_cases.hpp"
