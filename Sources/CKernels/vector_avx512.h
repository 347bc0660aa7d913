// Sixteen floats in a 512-bit register; needs AVX-512 F, DQ and VL. Widths are multiples of 8, so some end in half a
// vector: products take a 256-bit register for it (half the work), the other kernels a mask.
#include <immintrin.h>

#define L 16
typedef __m512 vector;

#define INLINE static inline __attribute__((always_inline))

INLINE vector v_load(const float *p) { return _mm512_loadu_ps(p); }
INLINE void v_store(float *p, vector v) { _mm512_storeu_ps(p, v); }
INLINE vector v_all(float x) { return _mm512_set1_ps(x); }
// A value from memory to all lanes. Clang would load it anew for each use, as part of the multiplication; the empty
// assembly holds it in a register.
INLINE vector v_broadcast(const float *p) {
    vector v = _mm512_set1_ps(*p);
    __asm__("" : "+v"(v));
    return v;
}
INLINE vector v_fma(vector a, vector b, vector c) { return _mm512_fmadd_ps(a, b, c); }
INLINE vector v_add(vector a, vector b) { return _mm512_add_ps(a, b); }
INLINE vector v_sub(vector a, vector b) { return _mm512_sub_ps(a, b); }
INLINE vector v_mul(vector a, vector b) { return _mm512_mul_ps(a, b); }
INLINE vector v_div(vector a, vector b) { return _mm512_div_ps(a, b); }
// The smaller magnitude of the two with the sign of the first; the bound where that is NaN.
INLINE vector v_clamp(vector a, float bound) { return _mm512_range_ps(a, _mm512_set1_ps(bound), 2); }
INLINE void v_prefetch(const char *p) { _mm_prefetch(p, _MM_HINT_T1); }

// The half at the end of a width.
#define PART 8
typedef __m256 part;
INLINE part p_load(const float *p) { return _mm256_loadu_ps(p); }
INLINE void p_store(float *p, part v) { _mm256_storeu_ps(p, v); }
INLINE part p_fma(vector a, part b, part c) { return _mm256_fmadd_ps(_mm512_castps512_ps256(a), b, c); }
INLINE part p_zero(void) { return _mm256_setzero_ps(); }
INLINE part p_add(part a, part b) { return _mm256_add_ps(a, b); }
INLINE vector v_load_part(const float *p) { return _mm512_maskz_loadu_ps(0xFF, p); }
INLINE void v_store_part(float *p, vector v) { _mm512_mask_storeu_ps(p, 0xFF, v); }

// 2^(n/32) for n in the low bits of z = n / 8 + 1.5 * 2^20: the table gives 2^(j/32) for j = n mod 32, less j << 18, and
// adding z << 18 puts n div 32 into the exponent (the j of z << 18 falls into the fraction, where the table has taken it
// off). So fine a table leaves so little to the polynomial that it is quadratic.
#define POWER_STEPS 32
INLINE vector v_power(vector z) {
    const __m512i low = _mm512_setr_epi32(
        0x3f800000, 0x3f7ecd87, 0x3f7daac3, 0x3f7c980f, 0x3f7b95c2, 0x3f7aa43a, 0x3f79c3d3, 0x3f78f4f0,
        0x3f7837f0, 0x3f778d3a, 0x3f76f532, 0x3f767043, 0x3f75fed7, 0x3f75a15b, 0x3f75583f, 0x3f7523f6);
    const __m512i high = _mm512_setr_epi32(
        0x3f7504f3, 0x3f74fbaf, 0x3f7508a4, 0x3f752c4d, 0x3f75672a, 0x3f75b9be, 0x3f76248c, 0x3f76a81e,
        0x3f7744fd, 0x3f77fbb8, 0x3f78ccdf, 0x3f79b907, 0x3f7ac0c7, 0x3f7be4ba, 0x3f7d257d, 0x3f7e83b3);
    const __m512i n = _mm512_castps_si512(z);
    const __m512i root = _mm512_permutex2var_epi32(low, n, high);
    return _mm512_castsi512_ps(_mm512_add_epi32(root, _mm512_slli_epi32(n, 18)));
}
