#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/stored_channel_cases.hpp"
