#include "tests/persistence/postgresql_fixture.hpp"

#include "tests/persistence/inbox_cases.hpp"
