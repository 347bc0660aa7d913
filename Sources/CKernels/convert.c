#include "CKConvert.h"

#include <stdint.h>
#include <string.h>

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float f32_from_f16(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t exponent = (half >> 10) & 0x1F;
    const uint32_t fraction = half & 0x3FF;
    if (exponent == 0x1F) return float_of(sign | 0x7F800000 | fraction << 13);  // infinity or NaN
    if (exponent == 0) {  // zero or subnormal: fraction * 2^-24, exact in binary32
        const float magnitude = (float)fraction * 0x1p-24f;
        return float_of(sign | bits_of(magnitude));
    }
    return float_of(sign | (exponent + 112) << 23 | fraction << 13);
}

static uint16_t f16_from_f32(float value) {
    const uint32_t bits = bits_of(value);
    const uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000) return sign | 0x7E00 | (uint16_t)(magnitude >> 13 & 0x3FF);  // NaN, made quiet
    if (magnitude >= 0x477FF000) return sign | 0x7C00;  // 65520 and more round to infinity
    if (magnitude < 0x38800000) {  // below 2^-14: subnormal. Adding 0.5 lets the hardware round at bit 2^-24.
        const float shifted = float_of(magnitude) + 0.5f;
        return sign | (uint16_t)(bits_of(shifted) - bits_of(0.5f));
    }
    const uint32_t odd = magnitude >> 13 & 1;
    return sign | (uint16_t)((magnitude - (112u << 23) + 0xFFF + odd) >> 13);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx,f16c"))) static size_t decode_f16c(const uint8_t *from, float *to, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i half = _mm_loadu_si128((const __m128i *)(from + 2 * i));
        _mm256_storeu_ps(to + i, _mm256_cvtph_ps(half));
    }
    return i;
}

static size_t decode_fast(const uint8_t *from, float *to, size_t count) {
    return __builtin_cpu_supports("f16c") ? decode_f16c(from, to, count) : 0;
}
#else
static size_t decode_fast(const uint8_t *from, float *to, size_t count) {
    (void)from, (void)to, (void)count;
    return 0;
}
#endif

void ck_f32_from_f16(const void *from, float *to, size_t count) {
    const uint8_t *bytes = from;
    for (size_t i = decode_fast(bytes, to, count); i < count; i++) {
        uint16_t half;
        memcpy(&half, bytes + 2 * i, sizeof half);
        to[i] = f32_from_f16(half);
    }
}

void ck_f16_from_f32(const float *from, void *to, size_t count) {
    uint8_t *bytes = to;
    for (size_t i = 0; i < count; i++) {
        const uint16_t half = f16_from_f32(from[i]);
        memcpy(bytes + 2 * i, &half, sizeof half);
    }
}

void ck_f32_from_bf16(const void *from, float *to, size_t count) {
    const uint8_t *bytes = from;
    for (size_t i = 0; i < count; i++) {
        uint16_t upper;
        memcpy(&upper, bytes + 2 * i, sizeof upper);
        to[i] = float_of((uint32_t)upper << 16);
    }
}

void ck_bf16_from_f32(const float *from, void *to, size_t count) {
    uint8_t *bytes = to;
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = bits_of(from[i]);
        const int is_nan = (bits & 0x7FFFFFFF) > 0x7F800000;
        const uint32_t rounded = is_nan ? bits | 0x400000 : bits + 0x7FFF + (bits >> 16 & 1);
        const uint16_t upper = (uint16_t)(rounded >> 16);
        memcpy(bytes + 2 * i, &upper, sizeof upper);
    }
}
