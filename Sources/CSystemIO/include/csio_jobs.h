#pragma once
// Jobs of Swift's concurrency runtime on a thread of the program's own.

/// Has `take` called, on whatever thread, with each job that would go to the runtime's thread pool.
/// C because the runtime's hook is a global variable, and what it holds has Swift's calling convention.
void csio_take_jobs(void (*_Nonnull take)(void *_Nonnull job));

/// Runs a job on the calling thread; once.
/// C because no Swift module declares the runtime's function.
void csio_run_job(void *_Nonnull job);
