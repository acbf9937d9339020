#pragma once
// Processes and the names of errors.

#include <sys/types.h>

/// The symbol of an errno value ("EPERM"), nil for an unknown number. Static storage.
/// C because strerrorname_np is hidden behind _GNU_SOURCE.
const char *csio_errno_name(int code);

/// The sentence of an errno value ("Operation not permitted"), never localised, nil for an unknown number. Static storage.
/// C because strerrordesc_np is hidden behind _GNU_SOURCE, and strerror is not safe in threads.
const char *csio_errno_text(int code);

/// Spawns `/bin/sh -c command`, its standard input from `input` (-1: inherited), with no signal blocked and the signals that the
/// shell itself changes (SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU) back at their defaults.
/// Returns 0 and sets `process`, or -errno.
/// C because posix_spawnattr_t and its file actions are unions that must not be moved, and environ is a mutable global.
int csio_spawn_shell(const char *command, int input, pid_t *process);

/// Waits for a child to end: its exit status 0...255, or 256 + the number of the signal that ended it, or -errno.
/// C because WIFEXITED and its companions are macros with arguments.
int csio_wait(pid_t process);

/// Creates a pipe whose two ends are closed on exec. Returns 0 or -errno.
/// C because pipe2 is hidden behind _GNU_SOURCE.
int csio_pipe(int *read_end, int *write_end);

/// Names the calling thread, with at most 15 bytes and a zero.
/// C because pthread_setname_np is hidden behind _GNU_SOURCE.
void csio_name_thread(const unsigned char *name);
