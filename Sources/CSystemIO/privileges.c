#define _GNU_SOURCE
#include "csio_privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int csio_get_capabilities(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
  if (syscall(SYS_capget, &header, sets) < 0) return -errno;
  *effective = sets[0].effective | (uint64_t)sets[1].effective << 32;
  *permitted = sets[0].permitted | (uint64_t)sets[1].permitted << 32;
  *inheritable = sets[0].inheritable | (uint64_t)sets[1].inheritable << 32;
  return 0;
}

int csio_set_capabilities(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    sets[i].effective = (uint32_t)(effective >> 32 * i);
    sets[i].permitted = (uint32_t)(permitted >> 32 * i);
    sets[i].inheritable = (uint32_t)(inheritable >> 32 * i);
  }
  return syscall(SYS_capset, &header, sets) < 0 ? -errno : 0;
}

int csio_clear_ambient_capabilities(void) {
  return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ? -errno : 0;
}

bool csio_has_lent_privileges(void) { return getauxval(AT_SECURE) != 0; }

int csio_keep_capabilities(void) { return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ? -errno : 0; }

int csio_enter_network_namespace(int descriptor) { return setns(descriptor, CLONE_NEWNET) < 0 ? -errno : 0; }

int csio_keep_only_real_group(void) { return setresgid(getgid(), getgid(), getgid()) < 0 ? -errno : 0; }

int csio_keep_only_real_user(void) { return setresuid(getuid(), getuid(), getuid()) < 0 ? -errno : 0; }
