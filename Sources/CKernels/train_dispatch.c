// Which table of training passes is used: chosen by what the processor says it can do.
#include "CKTrain.h"

#include <string.h>

extern const ck_train_kernels ck_train_table_generic, ck_train_table_reference;
#if defined(__x86_64__)
extern const ck_train_kernels ck_train_table_avx2, ck_train_table_avx512;
#endif

const ck_train_kernels *ck_train_named(const char *name) {
    if (!strcmp(name, ck_train_table_generic.name)) return &ck_train_table_generic;
    if (!strcmp(name, ck_train_table_reference.name)) return &ck_train_table_reference;
#if defined(__x86_64__)
    const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (!strcmp(name, ck_train_table_avx2.name)) return has_avx2 ? &ck_train_table_avx2 : NULL;
    const int has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    if (!strcmp(name, ck_train_table_avx512.name)) return has_avx512 ? &ck_train_table_avx512 : NULL;
#endif
    return NULL;
}

const ck_train_kernels *ck_train_best(void) {
    const char *const fastest_first[] = {"avx512", "avx2"};
    for (size_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++) {
        const ck_train_kernels *table = ck_train_named(fastest_first[i]);
        if (table) return table;
    }
    return &ck_train_table_generic;
}
