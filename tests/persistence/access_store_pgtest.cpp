#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/tenant_access_cases.hpp"
