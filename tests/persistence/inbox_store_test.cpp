#include "tests/persistence/sqlite_fixture.hpp"

#include "tests/persistence/inbox_cases.hpp"
