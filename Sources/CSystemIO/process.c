#define _GNU_SOURCE
#include "csio_process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *csio_errno_name(int code) { return strerrorname_np(code); }

const char *csio_errno_text(int code) { return strerrordesc_np(code); }

int csio_spawn_shell(const char *command, int input, pid_t *process) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  int failure = posix_spawnattr_init(&attributes);
  if (failure != 0) return -failure;
  failure = posix_spawn_file_actions_init(&actions);
  if (failure != 0) {
    posix_spawnattr_destroy(&attributes);
    return -failure;
  }

  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  const int changed[] = {SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) sigaddset(&defaults, changed[i]);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  failure = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (failure == 0 && input >= 0) failure = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);

  if (failure == 0) {
    char *const arguments[] = {"sh", "-c", (char *)command, NULL};
    failure = posix_spawn(process, "/bin/sh", &actions, &attributes, arguments, environ);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return -failure;
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
