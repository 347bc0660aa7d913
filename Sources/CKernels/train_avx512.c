// The training passes for x86-64 with AVX-512.
#if defined(__x86_64__)
#define TRAIN_TARGET __attribute__((target("avx2,fma,avx512f,avx512dq,avx512vl,avx512bw")))
#define TRAIN_NAME(x) ck_train_##x##_avx512
#define TRAIN_LABEL "avx512"
#include "train_body.h"
#else
// An empty translation unit is not allowed in C17.
typedef int ck_train_avx512_is_for_x86;
#endif
