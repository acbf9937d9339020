#pragma once
// Network namespaces: made, furnished, entered and left empty.

#include <sys/types.h>

#include "csio_sockets.h"

/// Moves the calling process, which must have one thread, into a new network namespace and a mount namespace of its own, whose
/// mounts nobody else sees. The namespaces go with the last process in them. Returns 0; or -errno, and in `call` what failed.
/// C because unshare is hidden behind _GNU_SOURCE.
int csio_new_network_namespace(const char **call);

/// Moves the calling process, which must have one thread, into the network and mount namespaces of another, and back into its
/// working directory. Returns 0; or -errno, and in `call` what failed.
/// C because setns is hidden behind _GNU_SOURCE.
int csio_enter_namespaces_of(pid_t process, const char **call);

/// Puts a text in the place of a file, in the mount namespace of the calling process only. Returns 0; or -errno, and in `call`
/// what failed.
/// C because mount's flags are an enum in the importer's eyes, and a sum of them is none of its cases.
int csio_replace_file(const char *path, const char *text, size_t length, const char **call);

/// Sets an interface of the calling thread's network namespace up. Returns 0 or -errno.
/// C because struct ifreq is a union, and ioctl takes varargs.
int csio_link_up(const char *name);

/// Gives an interface an address, whose network of that prefix length is then behind it (rtnetlink(7), RTM_NEWADDR); an IPv6
/// one is used at once. Returns 0 or -errno.
/// C because netlink messages are laid out with macros.
int csio_add_address(const char *interface, const csio_address *address, int prefix_length);

/// Sends everything of a family (4 or 6) that no other route takes by an interface (rtnetlink(7), RTM_NEWROUTE). Returns 0 or
/// -errno.
/// C because netlink messages are laid out with macros.
int csio_add_default_route(const char *interface, int family);

/// Asks processes to end, and kills those that have not after so many milliseconds. Returns 0 or -ENOMEM.
/// C because pidfd_open has no wrapper in the C library.
int csio_end_processes(const pid_t *processes, int count, int milliseconds);
