// interrupt: how long a shell takes from a Ctrl-C to its next prompt.
//
//   interrupt RUNS PROMPT LINE SIGN COMMAND [ARGUMENT...]
//
// Starts COMMAND on a pseudo-terminal. RUNS times it waits for the text PROMPT, types LINE, waits until SIGN shows that
// the line is under way, writes the byte ^C, and takes the time until PROMPT appears again. Prints the median and the
// longest time, in milliseconds.

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { maxRuns = 10000, timeoutMs = 10000 };

static int terminal;
static pid_t child;
static double times[maxRuns];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

// Reads until a text has come; what comes with it is used up.
static void waitFor(const char *text) {
  char seen[65536];
  size_t length = 0;
  do {
    struct pollfd wait = {.fd = terminal, .events = POLLIN};
    ssize_t count = poll(&wait, 1, timeoutMs) == 1 ? read(terminal, seen + length, sizeof seen - 1 - length) : 0;
    if (count <= 0) {
      fprintf(stderr, "interrupt: '%s' did not appear; seen: %.*s\n", text, (int)length, seen);
      kill(child, SIGKILL);
      exit(1);
    }
    length += count;
    seen[length] = 0;
  } while (!strstr(seen, text));
}

static void type(const char *text) {
  if (write(terminal, text, strlen(text)) == (ssize_t)strlen(text)) return;
  fprintf(stderr, "interrupt: write: %s\n", strerror(errno));
  kill(child, SIGKILL);
  exit(1);
}

static int ascending(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

int main(int argc, char **argv) {
  int runs = argc > 5 ? atoi(argv[1]) : 0;
  if (runs < 1 || runs > maxRuns)
    return fprintf(stderr, "usage: interrupt RUNS PROMPT LINE SIGN COMMAND [ARGUMENT...]\n"), 2;
  const char *prompt = argv[2];
  struct winsize size = {.ws_row = 40, .ws_col = 120};
  child = forkpty(&terminal, NULL, NULL, &size);
  if (child < 0) return perror("interrupt: forkpty"), 1;
  if (child == 0) {
    execvp(argv[5], argv + 5);
    _exit(127);
  }
  waitFor(prompt);
  for (int run = 0; run < runs; run++) {
    type(argv[3]);
    type("\r");
    waitFor(argv[4]);
    double start = now();
    type("\003");
    waitFor(prompt);
    times[run] = now() - start;
  }
  kill(child, SIGKILL);
  qsort(times, runs, sizeof *times, ascending);
  printf("%.3f %.3f\n", (times[(runs - 1) / 2] + times[runs / 2]) / 2, times[runs - 1]);
}
