#pragma once

// The database's own clock in epoch milliseconds, for leases: the instances' clocks may differ.
// Two string literals side by side become one statement.
#define CAMPUS_DB_NOW_MS "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)"
