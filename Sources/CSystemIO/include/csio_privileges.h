#pragma once
// Capabilities of the calling thread, and network namespaces.

#include <stdbool.h>
#include <stdint.h>

/// Reads the capability sets of the calling thread, one bit a capability. Returns 0 or -errno.
/// C because capget has no wrapper in the C library.
int csio_get_capabilities(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable);

/// Sets the capability sets of the calling thread. Returns 0 or -errno.
/// C because capset has no wrapper in the C library.
int csio_set_capabilities(uint64_t effective, uint64_t permitted, uint64_t inheritable);

/// Empties the ambient set of the calling thread, so that no program it starts inherits a capability. Returns 0 or -errno.
/// C because prctl is variadic.
int csio_clear_ambient_capabilities(void);

/// Keeps the permitted set over the next change of user id. Returns 0 or -errno.
/// C because prctl is variadic.
int csio_keep_capabilities(void);

/// Moves the calling thread into the network namespace that a descriptor of /proc/PID/ns/net stands for. Returns 0 or -errno.
/// C because setns is hidden behind _GNU_SOURCE.
int csio_enter_network_namespace(int descriptor);

/// Whether the program was started with more than its user has: set-user-ID, or capabilities of its file (getauxval(3), AT_SECURE).
/// C because getauxval is not in Swift's view of glibc.
bool csio_has_lent_privileges(void);

/// Makes the real group and the real user the only ones of the process, for good. Returns 0 or -errno.
/// C because setresgid and setresuid are hidden behind _GNU_SOURCE.
int csio_keep_only_real_group(void);
int csio_keep_only_real_user(void);
