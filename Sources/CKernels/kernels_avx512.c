// The table for x86-64 with AVX-512: 32 registers, so 24 sums, 3 weights and 1 input, in tiles of 8 pixels by 48 channels.
// On CPUs whose 512-bit units are two halves of 256 the peak is AVX2's, but half the instructions and half the weights'
// loads are left. Every expanded width of EfficientNet is a multiple of 48: six times a multiple of 8.
#if defined(__x86_64__)
#include "tables.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512dq,avx512vl"))), apply_to = function)
#include "vector_avx512.h"

#define STEP_FENCE(weight, last)
#define KERNEL(name) name##_avx512
#define WIDTH_MAX 48
#define POINTWISE_CASES                                                                                            \
    POINTWISE_CASE(48, 8) POINTWISE_CASE(40, 8) POINTWISE_CASE(32, 12) POINTWISE_CASE(24, 12)                      \
    POINTWISE_CASE(16, 16) POINTWISE_CASE(8, 16)
#include "kernel_bodies.h"
#pragma clang attribute pop

const ck_kernels ck_kernels_avx512 = KERNEL_TABLE("avx512", 48, 40, 32, 24, 16, 8);
#endif
