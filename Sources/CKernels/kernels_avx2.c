// The table for x86-64 with AVX2 and FMA: 16 registers, so 12 sums, 3 weights and 1 input.
#if defined(__x86_64__)
#include "tables.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "vector_avx2.h"

// A tile uses all 16 registers. Clang would load the next step's weights early and spill others to the stack (37 spills
// in the product of 24 channels); making their address depend on this step's last sum leaves 2, all outside the loop.
#define STEP_FENCE(weight, last) __asm__("" : "+r"(weight), "+x"(last))
#define KERNEL(name) name##_avx2
#define WIDTH_MAX 24
#define POINTWISE_CASES POINTWISE_CASE(24, 4) POINTWISE_CASE(16, 6) POINTWISE_CASE(8, 8)
#include "kernel_bodies.h"
#pragma clang attribute pop

const ck_kernels ck_kernels_avx2 = KERNEL_TABLE("avx2", 24, 16, 8);
#endif
