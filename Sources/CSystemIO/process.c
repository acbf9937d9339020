#define _GNU_SOURCE
#include "csio_process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

const char *csio_errno_name(int code) { return strerrorname_np(code); }

const char *csio_errno_text(int code) { return strerrordesc_np(code); }

// In the child, with all signals blocked.
static _Noreturn void become_program(char *const arguments[], int input, int output, int gate, int release) {
  static const int changed[] = {SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGWINCH};
  struct sigaction defaults = {.sa_handler = SIG_DFL};
  for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) sigaction(changed[i], &defaults, NULL);
  close(release);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  char token;
  ssize_t count;
  do count = read(gate, &token, 1);
  while (count < 0 && errno == EINTR);
  if (count != 1) _exit(0);
  if (input >= 0 && dup2(input, STDIN_FILENO) < 0) _exit(127);
  if (output >= 0 && dup2(output, STDOUT_FILENO) < 0) _exit(127);
  execve(arguments[0], arguments, environ);
  _exit(127);
}

int csio_hold_program(char *const arguments[], int input, int output, int gate, int release, pid_t *process) {
  // The program's own handlers must not run in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  *process = fork();
  if (*process == 0) become_program(arguments, input, output, gate, release);
  int failure = *process < 0 ? -errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failure;
}

int csio_wait(pid_t process) {
  int status;
  while (waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return -errno;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

int csio_pipe(int *read_end, int *write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  *read_end = ends[0];
  *write_end = ends[1];
  return 0;
}

void csio_name_thread(const unsigned char *name) { pthread_setname_np(pthread_self(), (const char *)name); }

pid_t csio_thread_number(void) { return gettid(); }

static int64_t nanoseconds_of(struct timeval time) { return time.tv_sec * 1000000000 + time.tv_usec * 1000; }

int csio_process_usage(int64_t *nanoseconds, int64_t *context_switches) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) < 0) return -errno;
  *nanoseconds = nanoseconds_of(usage.ru_utime) + nanoseconds_of(usage.ru_stime);
  *context_switches = usage.ru_nvcsw + usage.ru_nivcsw;
  return 0;
}

// As linux/sched/types.h has it; newer C libraries declare it, too, and then the two collide.
struct scheduling {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

int csio_take_short_turns(uint64_t nanoseconds) {
  struct scheduling own = {.size = sizeof own};
  if (syscall(SYS_sched_getattr, 0, &own, sizeof own, 0) < 0) return -errno;
  own.runtime = nanoseconds;
  return syscall(SYS_sched_setattr, 0, &own, 0) < 0 ? -errno : 0;
}
