// Which table this CPU can run: the only place that asks.
#include <string.h>

#include "tables.h"

const ck_kernels *ck_kernels_named(const char *name) {
    if (strcmp(name, "scalar") == 0) return &ck_kernels_scalar;
#if defined(__x86_64__)
    const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (strcmp(name, "avx2") == 0) return has_avx2 ? &ck_kernels_avx2 : NULL;
    const int has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                           __builtin_cpu_supports("avx512vl");
    if (strcmp(name, "avx512") == 0) return has_avx512 ? &ck_kernels_avx512 : NULL;
#elif defined(__aarch64__)
    if (strcmp(name, "neon") == 0) return &ck_kernels_neon;  // every AArch64 has it
#endif
    return NULL;
}

const ck_kernels *ck_kernels_best(void) {
    const char *const fastest_first[] = {"avx512", "avx2", "neon", "scalar"};
    for (size_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++) {
        const ck_kernels *kernels = ck_kernels_named(fastest_first[i]);
        if (kernels) return kernels;
    }
    return &ck_kernels_scalar;
}
