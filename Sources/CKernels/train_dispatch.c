// Which table of training passes is used: chosen by what the processor says it can do.
#include "CKTrain.h"

#include <string.h>

extern const ck_train_kernels ck_train_table_generic, ck_train_table_reference;
#if defined(__x86_64__)
extern const ck_train_kernels ck_train_table_avx2;
#endif

static const ck_train_kernels *fast(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &ck_train_table_avx2;
#endif
    return NULL;
}

const ck_train_kernels *ck_train_best(void) {
    const ck_train_kernels *table = fast();
    return table ? table : &ck_train_table_generic;
}

const ck_train_kernels *ck_train_named(const char *name) {
    if (!strcmp(name, ck_train_table_generic.name)) return &ck_train_table_generic;
    if (!strcmp(name, ck_train_table_reference.name)) return &ck_train_table_reference;
    const ck_train_kernels *table = fast();
    return table && !strcmp(name, table->name) ? table : NULL;
}
