#pragma once
// Processes and the names of errors.

#include <stdint.h>
#include <sys/types.h>

/// The symbol of an errno value ("EPERM"), nil for an unknown number. Static storage.
/// C because strerrorname_np is hidden behind _GNU_SOURCE.
const char *csio_errno_name(int code);

/// The sentence of an errno value ("Operation not permitted"), never localised, nil for an unknown number. Static storage.
/// C because strerrordesc_np is hidden behind _GNU_SOURCE, and strerror is not safe in threads.
const char *csio_errno_text(int code);

/// Makes a child that runs the program at the path `arguments[0]` once a byte can be read from the pipe `gate`, and
/// exits with 0 when that is closed without one. `release`, the other end of that pipe, is closed in the child. Its
/// standard input and output are `input` and `output`, or ours where they are -1; no signal is blocked, and the signals
/// that this program itself changes (SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU) are at their defaults.
/// A program that cannot be run is status 127. Returns 0 and sets `process`, or -errno.
/// C because between fork and exec only calls that are safe in signal handlers may be made, and Swift promises none.
int csio_hold_program(char *const arguments[], int input, int output, int gate, int release, pid_t *process);

/// Waits for a child to end: its exit status 0...255, or 256 + the number of the signal that ended it, or -errno.
/// C because WIFEXITED and its companions are macros with arguments.
int csio_wait(pid_t process);

/// Creates a pipe whose two ends are closed on exec. Returns 0 or -errno.
/// C because pipe2 is hidden behind _GNU_SOURCE.
int csio_pipe(int *read_end, int *write_end);

/// Names the calling thread, with at most 15 bytes and a zero.
/// C because pthread_setname_np is hidden behind _GNU_SOURCE.
void csio_name_thread(const unsigned char *name);

/// The kernel's number of the calling thread.
/// C because gettid is hidden behind _GNU_SOURCE.
pid_t csio_thread_number(void);

/// Reads what the process has used: nanoseconds of the processor in the program and in the kernel, and context switches
/// of both kinds. Returns 0 or -errno.
/// C because RUSAGE_SELF is an enum in the importer's eyes, and the parameter that takes it another.
int csio_process_usage(int64_t *nanoseconds, int64_t *context_switches);

/// Asks for short turns of the processor for the calling thread, in nanoseconds: it gets its share in smaller pieces,
/// and sooner when it wakes (sched_setattr(2), sched_runtime of an ordinary thread; Linux 6.12, ignored before).
/// Returns 0 or -errno.
/// C because sched_setattr has no wrapper in the C library.
int csio_take_short_turns(uint64_t nanoseconds);
