#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/tenant_access_cases.hpp"
