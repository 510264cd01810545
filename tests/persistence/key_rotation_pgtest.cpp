#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/key_rotation_cases.hpp"
