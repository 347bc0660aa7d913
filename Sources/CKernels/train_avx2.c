// The training passes for x86-64 with AVX2 and FMA; a program built for any x86-64 holds them and asks at run time.
#if defined(__x86_64__)
#define TRAIN_TARGET __attribute__((target("avx2,fma")))
#define TRAIN_NAME(x) ck_train_##x##_avx2
#define TRAIN_LABEL "avx2"
#include "train_body.h"
#else
// An empty translation unit is not allowed in C17.
typedef int ck_train_avx2_is_for_x86;
#endif
