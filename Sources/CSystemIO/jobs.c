#include "csio_jobs.h"

// As swift/Runtime/Concurrency.h declares them, which no toolchain installs. An executor of two null words is "none".
#define swift_call __attribute__((swiftcall))
typedef swift_call void (*enqueue)(void *job);
extern swift_call void (*swift_task_enqueueGlobal_hook)(void *job, enqueue original);
extern swift_call void swift_job_run(void *job, void *executor, void *implementation);

static void (*take_job)(void *job);

static swift_call void hook(void *job, enqueue original) {
  (void)original;
  take_job(job);
}

void csio_take_jobs(void (*take)(void *job)) {
  take_job = take;
  swift_task_enqueueGlobal_hook = hook;
}

void csio_run_job(void *job) { swift_job_run(job, 0, 0); }
