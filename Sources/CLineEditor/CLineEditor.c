#define _GNU_SOURCE
#include "CLineEditor.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

// libedit reports failure as -1 and rarely sets errno: what it refuses is an invalid argument.
static int checked(int result) { return result == -1 ? -EINVAL : result; }

// C because: FILE streams are opaque or not concurrency-safe in Swift, and a duplicate needs variadic fcntl.
static FILE *stream(int descriptor, const char *mode) {
  int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return NULL;
  FILE *file = fdopen(copy, mode);
  if (file == NULL) close(copy);
  return file;
}

// C because: el_init wants three FILE streams.
cle_editor *cle_open(const char *program, int input, int output) {
  FILE *in = stream(input, "r");
  FILE *out = stream(output, "w");
  cle_editor *editor = in != NULL && out != NULL ? el_init(program, in, out, out) : NULL;
  if (editor == NULL) {
    if (in != NULL) fclose(in);
    if (out != NULL) fclose(out);
  }
  return editor;
}

// C because: the streams of cle_open are fetched by variadic el_get.
void cle_close(cle_editor *editor) {
  FILE *in = NULL, *out = NULL;
  el_get(editor, EL_GETFP, 0, &in);
  el_get(editor, EL_GETFP, 1, &out);
  el_end(editor);
  if (in != NULL) fclose(in);
  if (out != NULL) fclose(out);
}

// C because: one module names all of libedit that we use.
const wchar_t *cle_read_line(cle_editor *editor, int *length) { return el_wgets(editor, length); }

// C because: el_set is variadic (and so to the end of this part, unless said otherwise).
int cle_set_reader(cle_editor *editor, cle_reader reader) {
  return checked(el_set(editor, EL_GETCFN, reader));
}

int cle_set_prompt(cle_editor *editor, cle_prompt prompt, char escape) {
  return checked(el_set(editor, EL_PROMPT_ESC, prompt, escape));
}

int cle_set_context(cle_editor *editor, void *context) {
  return checked(el_set(editor, EL_CLIENTDATA, context));
}

// C because: el_get is variadic.
void *cle_context(cle_editor *editor) {
  void *context = NULL;
  el_get(editor, EL_CLIENTDATA, &context);
  return context;
}

int cle_set_mode(cle_editor *editor, const char *mode) { return checked(el_set(editor, EL_EDITOR, mode)); }

// C because: el_get is variadic.
int cle_is_vi(cle_editor *editor) {
  const char *mode = NULL;
  return el_get(editor, EL_EDITOR, &mode) == 0 && mode != NULL && strcmp(mode, "vi") == 0;
}

int cle_set_signals(cle_editor *editor, int on) { return checked(el_set(editor, EL_SIGNAL, on)); }

int cle_set_tty(cle_editor *editor, const char *option, const char *mode) {
  return checked(el_set(editor, EL_SETTY, option, mode, NULL));
}

int cle_add_command(cle_editor *editor, const char *name, const char *help, cle_command command) {
  return checked(el_set(editor, EL_ADDFN, name, help, command));
}

int cle_bind(cle_editor *editor, const char *key, const char *command) {
  return checked(el_set(editor, EL_BIND, key, command, NULL));
}

int cle_bind_alternate(cle_editor *editor, const char *key, const char *command) {
  return checked(el_set(editor, EL_BIND, "-a", key, command, NULL));
}

int cle_bind_alternate_keys(cle_editor *editor, const char *key, const char *keys) {
  return checked(el_set(editor, EL_BIND, "-a", "-s", key, keys, NULL));
}

// C because: one module names all of libedit that we use.
int cle_source(cle_editor *editor, const char *path) { return checked(el_source(editor, path)); }

int cle_prepare_terminal(cle_editor *editor, int raw) { return checked(el_set(editor, EL_PREP_TERM, raw)); }

int cle_refresh(cle_editor *editor) { return checked(el_set(editor, EL_REFRESH, NULL)); }

// C because: one module names all of libedit that we use.
void cle_resize(cle_editor *editor) { el_resize(editor); }

// C because: libedit's output is a FILE, fetched by variadic el_get.
void cle_flush(cle_editor *editor) {
  FILE *out = NULL;
  el_get(editor, EL_GETFP, 1, &out);
  if (out != NULL) fflush(out);
}

// C because: LineInfoW's three pointers become a length and an offset without pointer arithmetic in Swift.
size_t cle_line(cle_editor *editor, const wchar_t **text, size_t *cursor) {
  const LineInfoW *line = el_wline(editor);
  *text = line->buffer;
  *cursor = (size_t)(line->cursor - line->buffer);
  return (size_t)(line->lastchar - line->buffer);
}

// C because: one module names all of libedit that we use (also the next).
int cle_insert(cle_editor *editor, const char *text) { return checked(el_insertstr(editor, text)); }

void cle_delete(cle_editor *editor, int characters) { el_deletestr(editor, characters); }

// C because: history is variadic (and so to the end of this part).
cle_history *cle_history_open(int limit) {
  HistEvent event;
  cle_history *entries = history_init();
  if (entries != NULL) history(entries, &event, H_SETSIZE, limit);
  return entries;
}

void cle_history_close(cle_history *entries) { history_end(entries); }

int cle_history_enter(cle_history *entries, const char *text) {
  HistEvent event;
  return checked(history(entries, &event, H_ENTER, text));
}

int cle_set_history(cle_editor *editor, cle_history *entries) {
  return checked(el_set(editor, EL_HIST, history, entries));
}

// C because: CODESET and the answer of nl_langinfo do not survive the import.
int cle_use_utf8(void) {
  if (setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return 0;
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL ? 0 : -ENOENT;
}

// C because: wcwidth is declared only under _XOPEN_SOURCE.
int cle_width(unsigned int scalar) { return wcwidth((wchar_t)scalar); }

// C because: ioctl is variadic (also the next).
int cle_window_size(int descriptor, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -errno;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

int cle_set_window_size(int descriptor, int columns, int rows) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  return ioctl(descriptor, TIOCSWINSZ, &size) != 0 ? -errno : 0;
}

// C because: eventfd is not in the Glibc module (and so to cle_clear).
int cle_wakeup_open(void) {
  int wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return wakeup < 0 ? -errno : wakeup;
}

int cle_wake(int wakeup) { return eventfd_write(wakeup, 1) != 0 ? -errno : 0; }

int cle_clear(int wakeup) {
  eventfd_t value;
  return eventfd_read(wakeup, &value) == 0 ? 1 : errno == EAGAIN ? 0 : -errno;
}

static atomic_uint resizes, continuations;
static atomic_int signal_wakeup = -1;

// C because: only async-signal-safe code may run here, and Swift promises none.
static void count_signal(int signal) {
  int saved = errno;
  atomic_fetch_add(signal == SIGWINCH ? &resizes : &continuations, 1);
  int wakeup = atomic_load(&signal_wakeup);
  if (wakeup >= 0) eventfd_write(wakeup, 1);
  errno = saved;
}

// C because: struct sigaction's handler is a union, and the handler is C.
int cle_watch_signals(void) {
  struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGWINCH, &action, NULL) != 0) return -errno;
  return sigaction(SIGCONT, &action, NULL) != 0 ? -errno : 0;
}

// C because: these are C atomics, shared with the signal handler (and so to the end).
void cle_wake_on_signals(int wakeup) { atomic_store(&signal_wakeup, wakeup); }

unsigned int cle_resize_count(void) { return atomic_load(&resizes); }

unsigned int cle_continue_count(void) { return atomic_load(&continuations); }

// C because: posix_openpt and its like are declared only under _XOPEN_SOURCE.
int cle_open_pseudo_terminal(char *path, size_t capacity_bytes) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) return -errno;
  int failure = grantpt(master) != 0 || unlockpt(master) != 0 ? errno : ptsname_r(master, path, capacity_bytes);
  if (failure == 0) return master;
  close(master);
  return -failure;
}
