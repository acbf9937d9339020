#pragma once
// CUring: liburing, the completion queue of the kernel (io_uring).

// First, since liburing.h sets _XOPEN_SOURCE, under which fd_set has other members than in every other module: the C
// library's features are decided by whoever includes a header of its first.
#include <sys/select.h>

#include <liburing.h>
