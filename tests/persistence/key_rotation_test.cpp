#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/key_rotation_cases.hpp"
