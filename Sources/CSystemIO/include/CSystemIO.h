#pragma once
// CSystemIO: what Swift cannot call. Every function says why it is C ("C because"), returns a result or -errno, and decides
// nothing. Constants are exported as plain functions because the importer changes their type (EPOLL_CLOEXEC becomes Int,
// SOCK_DGRAM an enum) or does not import them at all.

#include "csio_datagrams.h"
#include "csio_jobs.h"
#include "csio_loop.h"
#include "csio_namespaces.h"
#include "csio_privileges.h"
#include "csio_process.h"
#include "csio_sockets.h"
#include "csio_tunnel.h"
