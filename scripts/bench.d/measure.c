// measure: runs commands in turn, many times, and prints the median cost of each.
//
//   measure RUNS OUTPUT : COMMAND [ARGUMENT...] [: COMMAND ...]
//
// Each round runs every command once, so that a slow moment of the machine falls on all of them. One line a command:
// wall time in microseconds, user and system time in microseconds, memory in kilobytes. Standard output of the n-th
// command, all runs, is appended to the file OUTPUT.n.
//
// A command written as `@TEXT PROGRAM ...` runs on a pseudo-terminal of its own until TEXT appears: the wall time is
// the time to that text, the memory is VmRSS at that moment, and the program is then killed.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { maxCommands = 16, maxRuns = 10000, promptTimeoutMs = 10000 };

typedef struct {
  char **argv;
  const char *prompt;  // nil when the command runs to its end
  double wall[maxRuns], cpu[maxRuns], memory[maxRuns];
} Command;

static Command commands[maxCommands];

static void fail(const char *what) {
  fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static double microseconds(struct timeval time) { return time.tv_sec * 1e6 + time.tv_usec; }

static void runToEnd(Command *command, int run, const char *output) {
  int out = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out < 0 || in < 0) fail(output);
  double start = now();
  pid_t child = vfork();
  if (child < 0) fail("vfork");
  if (child == 0) {
    dup2(in, 0);
    dup2(out, 1);
    execvp(command->argv[0], command->argv);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) fail("wait4");
  command->wall[run] = now() - start;
  command->cpu[run] = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  command->memory[run] = usage.ru_maxrss;
  close(out);
  close(in);
  if (status == 0) return;
  fprintf(stderr, "measure: %s ended with status %d\n", command->argv[0], WEXITSTATUS(status));
  exit(1);
}

static double residentKilobytes(pid_t pid) {
  char path[64], line[256];
  double resident = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "VmRSS: %lf", &resident) == 1) break;
  fclose(file);
  return resident;
}

static void runToPrompt(Command *command, int run) {
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  char seen[65536];
  size_t length = 0;
  int terminal;
  double start = now();
  pid_t child = forkpty(&terminal, NULL, NULL, &size);
  if (child < 0) fail("forkpty");
  if (child == 0) {
    execvp(command->argv[0], command->argv);
    _exit(127);
  }
  do {
    struct pollfd wait = {.fd = terminal, .events = POLLIN};
    ssize_t count = poll(&wait, 1, promptTimeoutMs) == 1 ? read(terminal, seen + length, sizeof seen - 1 - length) : 0;
    if (count <= 0) {
      fprintf(stderr, "measure: '%s' did not appear; seen: %.*s\n", command->prompt, (int)length, seen);
      kill(child, SIGKILL);
      exit(1);
    }
    length += count;
    seen[length] = 0;
  } while (!strstr(seen, command->prompt));
  command->wall[run] = now() - start;
  command->memory[run] = residentKilobytes(child);
  kill(child, SIGKILL);
  struct rusage usage;
  wait4(child, NULL, 0, &usage);
  command->cpu[run] = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  close(terminal);
}

static int ascending(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static double median(double *values, int count) {
  qsort(values, count, sizeof *values, ascending);
  return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

int main(int argc, char **argv) {
  int runs = argc > 4 ? atoi(argv[1]) : 0, count = 0;
  if (runs < 1 || runs > maxRuns) return fprintf(stderr, "usage: measure RUNS OUTPUT : COMMAND ...\n"), 2;
  for (int i = 3; i < argc; i++) {
    if (strcmp(argv[i], ":") != 0) continue;
    argv[i] = NULL;
    if (count == maxCommands || i + 1 >= argc) return 2;
    Command *command = &commands[count++];
    command->argv = &argv[i + 1];
    if (argv[i + 1][0] == '@') command->prompt = *command->argv++ + 1;
  }
  for (int run = 0; run < runs; run++)
    for (int i = 0; i < count; i++) {
      char output[4096];
      snprintf(output, sizeof output, "%s.%d", argv[2], i + 1);
      if (commands[i].prompt) runToPrompt(&commands[i], run);
      else runToEnd(&commands[i], run, output);
    }
  for (int i = 0; i < count; i++)
    printf("%.1f %.1f %.0f\n", median(commands[i].wall, runs), median(commands[i].cpu, runs),
           median(commands[i].memory, runs));
}
