#define _GNU_SOURCE
#include "csio_loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int or_errno(int result) { return result < 0 ? -errno : result; }

int csio_epoll_create(void) { return or_errno(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int epoll, int operation, int descriptor, int reads, int writes, uint64_t token) {
  struct epoll_event event = {
      .events = (reads ? EPOLLIN | EPOLLRDHUP : 0) | (writes ? EPOLLOUT : 0),
      .data.u64 = token,
  };
  return or_errno(epoll_ctl(epoll, operation, descriptor, &event));
}

int csio_epoll_add(int epoll, int descriptor, int reads, int writes, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, descriptor, reads, writes, token);
}

int csio_epoll_change(int epoll, int descriptor, int reads, int writes, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, descriptor, reads, writes, token);
}

int csio_epoll_remove(int epoll, int descriptor) { return control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0, 0); }

int csio_epoll_wait(int epoll, csio_ready *ready, int count, int milliseconds) {
  struct epoll_event events[csio_ready_max];
  int found = epoll_wait(epoll, events, count < csio_ready_max ? count : csio_ready_max, milliseconds);
  if (found < 0) return -errno;
  for (int i = 0; i < found; i++) {
    ready[i].token = events[i].data.u64;
    ready[i].readable = (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP)) != 0;
    ready[i].writable = (events[i].events & EPOLLOUT) != 0;
    ready[i].failed = (events[i].events & EPOLLERR) != 0;
  }
  return found;
}

int csio_eventfd(void) { return or_errno(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int csio_timer(void) { return or_errno(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)); }

int csio_timer_arm(int timer, int64_t nanoseconds) {
  struct itimerspec at = {
      .it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000},
  };
  return or_errno(timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL));
}

int csio_wall_clock_watch(void) { return or_errno(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK)); }

int csio_wall_clock_watch_arm(int timer) {
  // The year 2200: far enough that it never expires, near enough that no kernel arithmetic overflows.
  struct itimerspec at = {.it_value = {.tv_sec = 7258118400}};
  return or_errno(timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL));
}

int csio_signalfd(const sigset_t *signals) { return or_errno(signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK)); }

int csio_signalfd_read(int descriptor) {
  struct signalfd_siginfo info;
  ssize_t count = read(descriptor, &info, sizeof info);
  if (count < 0) return -errno;
  if (count != sizeof info) return -EIO;
  return (int)info.ssi_signo;
}
