#include "tests/persistence/sqlite_fixture.hpp"

#include "tests/persistence/tenant_cases.hpp"
