#pragma once
// CMaxMindDB: the reader of MaxMind's database format.
#include <maxminddb.h>
