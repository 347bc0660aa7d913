// Eight floats in a 256-bit register; needs AVX2 and FMA.
#include <immintrin.h>

#define L 8
typedef __m256 vector;

#define INLINE static inline __attribute__((always_inline))

INLINE vector v_load(const float *p) { return _mm256_loadu_ps(p); }
INLINE void v_store(float *p, vector v) { _mm256_storeu_ps(p, v); }
INLINE vector v_all(float x) { return _mm256_set1_ps(x); }
INLINE vector v_broadcast(const float *p) { return _mm256_broadcast_ss(p); }
INLINE vector v_fma(vector a, vector b, vector c) { return _mm256_fmadd_ps(a, b, c); }
INLINE vector v_add(vector a, vector b) { return _mm256_add_ps(a, b); }
INLINE vector v_sub(vector a, vector b) { return _mm256_sub_ps(a, b); }
INLINE vector v_mul(vector a, vector b) { return _mm256_mul_ps(a, b); }
INLINE vector v_div(vector a, vector b) { return _mm256_div_ps(a, b); }
// Within ±bound; the bound where a is NaN.
INLINE vector v_clamp(vector a, float bound) {
    return _mm256_min_ps(_mm256_max_ps(a, _mm256_set1_ps(-bound)), _mm256_set1_ps(bound));
}
INLINE void v_prefetch(const char *p) { _mm_prefetch(p, _MM_HINT_T1); }

// 2^(n/8) for n in the low bits of z = n / 2 + 1.5 * 2^22: the table gives 2^(j/8) for j = n mod 8, less j << 20, and adding
// z << 20 puts n div 8 into the exponent (the j of z << 20 falls into the fraction, where the table has taken it off).
#define POWER_STEPS 8
INLINE vector v_power(vector z) {
    const __m256i table = _mm256_setr_epi32(
        0x3f800000, 0x3f8b95c2 - (1 << 20), 0x3f9837f0 - (2 << 20), 0x3fa5fed7 - (3 << 20),
        0x3fb504f3 - (4 << 20), 0x3fc5672a - (5 << 20), 0x3fd744fd - (6 << 20), 0x3feac0c7 - (7 << 20));
    const __m256i n = _mm256_castps_si256(z);
    const __m256i root = _mm256_permutevar8x32_epi32(table, n);
    return _mm256_castsi256_ps(_mm256_add_epi32(root, _mm256_slli_epi32(n, 20)));
}
