#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/opt_out_cases.hpp"
