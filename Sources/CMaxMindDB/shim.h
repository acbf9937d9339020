#pragma once
// The reader of MaxMind's database format.
#include <maxminddb.h>
