#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/opt_out_cases.hpp"
