// Counts what a thread allocates, for tests that promise that something allocates nothing.
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

/// How many times the calling thread has asked for memory since it began; negative where nothing can be counted (under a
/// sanitizer, which has an allocator of its own).
long allocation_count(void);

#endif
