// Number formats of weight files. Decoding is exact, encoding rounds to nearest even.
#ifndef CK_CONVERT_H
#define CK_CONVERT_H

#include <stddef.h>

/// Decodes `count` IEEE binary16 values; `from` needs no alignment.
void ck_f32_from_f16(const void *from, float *to, size_t count);

/// Encodes to binary16. Beyond 65504 (after rounding) becomes an infinity; NaN stays NaN.
void ck_f16_from_f32(const float *from, void *to, size_t count);

/// Decodes `count` bfloat16 values; `from` needs no alignment.
void ck_f32_from_bf16(const void *from, float *to, size_t count);

/// Encodes to bfloat16; NaN stays NaN.
void ck_bf16_from_f32(const float *from, void *to, size_t count);

#endif
