#pragma once
// epoll, eventfd, timerfd and signalfd: none of them is in the Glibc module.

#include <signal.h>
#include <stdint.h>

/// One descriptor that epoll_wait found ready.
typedef struct {
  /// As given to csio_epoll_add.
  uint64_t token;
  /// 1: bytes, datagrams or the end of the stream can be read (EPOLLIN, EPOLLHUP, EPOLLRDHUP).
  uint8_t readable;
  /// 1: there is room to write (EPOLLOUT).
  uint8_t writable;
  /// 1: an error is pending or the error queue holds something (EPOLLERR).
  uint8_t failed;
} csio_ready;

/// The most descriptors that one csio_epoll_wait returns.
enum { csio_ready_max = 64 };

/// Creates an epoll instance, closed on exec.
/// C because sys/epoll.h is not in the Glibc module.
int csio_epoll_create(void);

/// Adds a descriptor, level-triggered. Errors (EPOLLERR, EPOLLHUP) are always reported.
/// C because struct epoll_event is packed and EPOLLIN is an enum.
int csio_epoll_add(int epoll, int descriptor, int reads, int writes, uint64_t token);

/// Changes what is waited for on an added descriptor.
/// C because of struct epoll_event.
int csio_epoll_change(int epoll, int descriptor, int reads, int writes, uint64_t token);

/// Removes a descriptor.
/// C because sys/epoll.h is not in the Glibc module.
int csio_epoll_remove(int epoll, int descriptor);

/// Waits until something is ready, -1 milliseconds for ever; fills at most `count` (up to csio_ready_max) records.
/// C because struct epoll_event is packed, with a union.
int csio_epoll_wait(int epoll, csio_ready *ready, int count, int milliseconds);

/// Creates a non-blocking counter that wakes an epoll, closed on exec.
/// C because sys/eventfd.h is not in the Glibc module.
int csio_eventfd(void);

/// Creates a non-blocking timer on CLOCK_MONOTONIC, closed on exec.
/// C because sys/timerfd.h is not in the Glibc module.
int csio_timer(void);

/// Arms a timer of csio_timer for an absolute time in nanoseconds of CLOCK_MONOTONIC (a past one fires at once); 0 disarms.
/// C because of TFD_TIMER_ABSTIME.
int csio_timer_arm(int timer, int64_t nanoseconds);

/// Creates a non-blocking timer whose reads fail with ECANCELED when the wall clock is stepped, closed on exec.
/// C because of TFD_TIMER_CANCEL_ON_SET.
int csio_wall_clock_watch(void);

/// Arms a timer of csio_wall_clock_watch again: it never expires, only a step of the wall clock makes it readable.
/// C because of TFD_TIMER_CANCEL_ON_SET.
int csio_wall_clock_watch_arm(int timer);

/// Creates a non-blocking descriptor that reads as the signals of the set, closed on exec. The set must be blocked.
/// C because sys/signalfd.h is not in the Glibc module.
int csio_signalfd(const sigset_t *signals);

/// Takes one signal from a descriptor of csio_signalfd: its number, or -EAGAIN when none is waiting.
/// C because of struct signalfd_siginfo.
int csio_signalfd_read(int descriptor);
