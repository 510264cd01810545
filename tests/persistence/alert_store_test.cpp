#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/durable_alert_cases.hpp"
