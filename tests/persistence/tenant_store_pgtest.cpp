#include "tests/persistence/postgresql_fixture.hpp"

#include "tests/persistence/tenant_cases.hpp"
