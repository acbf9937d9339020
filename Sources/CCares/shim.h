#pragma once
// CCares: the asynchronous resolver library c-ares.

// What later versions call old is all that 1.18 has.
#define CARES_NO_DEPRECATED
#include <ares.h>

// Macros in 1.18, an enumeration since 1.27: here they are plain numbers in both.
static const int ccares_success = ARES_SUCCESS;
static const int ccares_no_data = ARES_ENODATA;
static const int ccares_not_found = ARES_ENOTFOUND;
static const int ccares_bad_name = ARES_EBADNAME;
static const int ccares_bad_response = ARES_EBADRESP;
static const int ccares_refused = ARES_ECONNREFUSED;
static const int ccares_server_failed = ARES_ESERVFAIL;
static const int ccares_timed_out = ARES_ETIMEOUT;
static const int ccares_cancelled = ARES_ECANCELLED;
static const int ccares_destroyed = ARES_EDESTRUCTION;
static const int ccares_no_socket = ARES_SOCKET_BAD;
static const int ccares_options =
    ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF;
