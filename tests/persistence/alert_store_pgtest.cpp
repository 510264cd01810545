#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/durable_alert_cases.hpp"
