// What a thread does while it waits for another one that is expected within microseconds.
#ifndef CK_SPIN_H
#define CK_SPIN_H

/// Tells the core that this is a spin loop: saves power and leaves the pipeline to a sibling thread.
static inline void ck_spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

#endif
