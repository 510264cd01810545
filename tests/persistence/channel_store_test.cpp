#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/stored_channel_cases.hpp"
