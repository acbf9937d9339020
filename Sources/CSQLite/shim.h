#pragma once
// CSQLite: SQLite's C interface.
#include <sqlite3.h>

/// C because: SQLITE_TRANSIENT is a cast of -1 to a function pointer, which the importer leaves out.
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }
