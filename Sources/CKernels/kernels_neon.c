// The table for AArch64: 32 registers of 4 floats, so 24 sums, 6 weights and 1 input.
#if defined(__aarch64__)
#include "tables.h"
#include "vector_neon.h"

#define STEP_FENCE(weight, last)
#define KERNEL(name) name##_neon
#define WIDTH_MAX 24
#define POINTWISE_CASES POINTWISE_CASE(24, 4) POINTWISE_CASE(16, 6) POINTWISE_CASE(8, 8)
#include "kernel_bodies.h"

const ck_kernels ck_kernels_neon = KERNEL_TABLE("neon", 24, 16, 8);
#endif
