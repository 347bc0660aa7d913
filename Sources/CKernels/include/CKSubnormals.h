// What a thread's arithmetic does with subnormal numbers, those below 1.2e-38 that a Float holds with fewer digits.
#ifndef CK_SUBNORMALS_H
#define CK_SUBNORMALS_H

/// Lets this thread take subnormal numbers for zero, read and written; answers what `ck_restore_subnormals` wants.
///
/// Intel's cores stop for some 150 cycles at every instruction that meets one. AArch64's do not: nothing is changed there.
static inline unsigned ck_flush_subnormals(void) {
#if defined(__x86_64__)
    // Flush to zero (bit 15) and denormals are zeros (bit 6): Intel 64 manual, volume 1, 10.2.3.
    unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040);
    return before;
#else
    return 0;
#endif
}

/// Sets it back.
static inline void ck_restore_subnormals(unsigned before) {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(before);
#else
    (void)before;
#endif
}

#endif
