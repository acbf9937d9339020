// CLineEditor: the parts of libedit and of the terminal that Swift cannot call.
//
// One line each, no decisions. Where an int is returned and nothing else is said: 0 or a count, or -errno.
// `el_*` functions that Swift could call are wrapped too, so that one module names the whole of libedit that we use.

#pragma once

#include <stddef.h>
#include <wchar.h>

/// libedit's EditLine, opaque.
typedef struct editline cle_editor;
/// libedit's narrow History, opaque.
typedef struct history cle_history;

/// Reads one character (a Unicode scalar). Returns 1 and the character, 0 at end of input, -1 on failure.
typedef int (*cle_reader)(cle_editor *_Nonnull editor, wchar_t *_Nonnull character);
/// A function bound to a key. Returns one of CLE_*.
typedef unsigned char (*cle_command)(cle_editor *_Nonnull editor, unsigned int key);
/// Returns the prompt in UTF-8; the caller keeps it alive until the line is read.
typedef char *_Nonnull (*cle_prompt)(cle_editor *_Nonnull editor);

/// What a bound function asks for (CC_* of histedit.h).
/// C because: the macros are plain ints in Swift, and a bound function returns `unsigned char`.
static const unsigned char CLE_NORMAL = 0;
static const unsigned char CLE_END_OF_FILE = 2;
static const unsigned char CLE_REFRESH = 4;
static const unsigned char CLE_REDISPLAY = 8;
static const unsigned char CLE_REFRESH_AND_BEEP = 9;

// The editor

/// Opens an editor on two descriptors, of which it keeps duplicates. NULL with errno set on failure.
cle_editor *_Nullable cle_open(const char *_Nonnull program, int input, int output);
/// Restores the terminal and frees the editor and its streams.
void cle_close(cle_editor *_Nonnull editor);
/// Reads a line, blocking. NULL with length 0 at the end of input, NULL with -1 on failure, else the characters and how
/// many; they live until the next call.
const wchar_t *_Nullable cle_read_line(cle_editor *_Nonnull editor, int *_Nonnull length);
int cle_set_reader(cle_editor *_Nonnull editor, cle_reader _Nonnull reader);
int cle_set_prompt(cle_editor *_Nonnull editor, cle_prompt _Nonnull prompt, char escape);
int cle_set_context(cle_editor *_Nonnull editor, void *_Nullable context);
void *_Nullable cle_context(cle_editor *_Nonnull editor);
/// "emacs" or "vi". Wipes all bindings.
int cle_set_mode(cle_editor *_Nonnull editor, const char *_Nonnull mode);
/// 1 in vi mode, 0 in emacs mode.
int cle_is_vi(cle_editor *_Nonnull editor);
int cle_set_signals(cle_editor *_Nonnull editor, int on);
int cle_set_tty(cle_editor *_Nonnull editor, const char *_Nonnull option, const char *_Nonnull mode);
int cle_add_command(
  cle_editor *_Nonnull editor, const char *_Nonnull name, const char *_Nonnull help, cle_command _Nonnull command);
int cle_bind(cle_editor *_Nonnull editor, const char *_Nonnull key, const char *_Nonnull command);
/// Binds a key of vi's command mode.
int cle_bind_alternate(cle_editor *_Nonnull editor, const char *_Nonnull key, const char *_Nonnull command);
/// Makes a key of vi's command mode stand for other keys.
int cle_bind_alternate_keys(cle_editor *_Nonnull editor, const char *_Nonnull key, const char *_Nonnull keys);
int cle_source(cle_editor *_Nonnull editor, const char *_Nonnull path);
/// 1: raw, for editing; 0: as the terminal was.
int cle_prepare_terminal(cle_editor *_Nonnull editor, int raw);
int cle_refresh(cle_editor *_Nonnull editor);
void cle_resize(cle_editor *_Nonnull editor);
void cle_flush(cle_editor *_Nonnull editor);

/// The line so far, not terminated, valid until it changes. Returns its length, and the cursor's place in it.
size_t cle_line(cle_editor *_Nonnull editor, const wchar_t *_Nullable *_Nonnull text, size_t *_Nonnull cursor);
/// Inserts UTF-8 text at the cursor.
int cle_insert(cle_editor *_Nonnull editor, const char *_Nonnull text);
/// Deletes characters (not bytes) before the cursor.
void cle_delete(cle_editor *_Nonnull editor, int characters);

// The history in memory

cle_history *_Nullable cle_history_open(int limit);
void cle_history_close(cle_history *_Nonnull history);
int cle_history_enter(cle_history *_Nonnull history, const char *_Nonnull text);
int cle_set_history(cle_editor *_Nonnull editor, cle_history *_Nonnull history);

// The terminal

/// Makes LC_CTYPE a UTF-8 locale: the user's if it is one, else C.UTF-8.
int cle_use_utf8(void);
/// Columns of a character: 0 to 2, -1 if it cannot be printed. Needs `cle_use_utf8`.
int cle_width(unsigned int scalar);
/// Size of the terminal behind a descriptor; 0 columns when the terminal does not know.
int cle_window_size(int descriptor, int *_Nonnull columns, int *_Nonnull rows);
int cle_set_window_size(int descriptor, int columns, int rows);

/// Makes an eventfd that `cle_wake` and the signals below make readable.
int cle_wakeup_open(void);
int cle_wake(int wakeup);
/// Makes a wakeup unreadable again. Returns 1 if it was readable.
int cle_clear(int wakeup);
/// Counts SIGWINCH and SIGCONT from now on.
int cle_watch_signals(void);
/// Wakes a wakeup at each counted signal; -1: none.
void cle_wake_on_signals(int wakeup);
unsigned int cle_resize_count(void);
unsigned int cle_continue_count(void);

/// Opens a new pseudo-terminal, for tests that drive a program in it. Returns its master and writes the slave's path.
int cle_open_pseudo_terminal(char *_Nonnull path, size_t capacity_bytes);
