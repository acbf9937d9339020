#pragma once
// CUring: liburing, the completion queue of the kernel (io_uring).

#include <liburing.h>
