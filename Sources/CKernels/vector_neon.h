// Four floats in a 128-bit register of AArch64.
#include <arm_neon.h>

#define L 4
typedef float32x4_t vector;

#define INLINE static inline __attribute__((always_inline))

INLINE vector v_load(const float *p) { return vld1q_f32(p); }
INLINE void v_store(float *p, vector v) { vst1q_f32(p, v); }
INLINE vector v_all(float x) { return vdupq_n_f32(x); }
INLINE vector v_broadcast(const float *p) { return vld1q_dup_f32(p); }
INLINE vector v_fma(vector a, vector b, vector c) { return vfmaq_f32(c, a, b); }
INLINE vector v_add(vector a, vector b) { return vaddq_f32(a, b); }
INLINE vector v_sub(vector a, vector b) { return vsubq_f32(a, b); }
INLINE vector v_mul(vector a, vector b) { return vmulq_f32(a, b); }
INLINE vector v_div(vector a, vector b) { return vdivq_f32(a, b); }
// Within ±bound; a bound where a is NaN.
INLINE vector v_clamp(vector a, float bound) {
    return vminnmq_f32(vmaxnmq_f32(a, vdupq_n_f32(-bound)), vdupq_n_f32(bound));
}
INLINE void v_prefetch(const char *p) { __builtin_prefetch(p, 0, 2); }

// As in vector_avx2.h; the table is looked up by bytes: four index bytes 4j, 4j+1, 4j+2, 4j+3 for each lane.
#define POWER_STEPS 8
INLINE vector v_power(vector z) {
    const uint32_t roots[8] = {
        0x3f800000, 0x3f8b95c2 - (1 << 20), 0x3f9837f0 - (2 << 20), 0x3fa5fed7 - (3 << 20),
        0x3fb504f3 - (4 << 20), 0x3fc5672a - (5 << 20), 0x3fd744fd - (6 << 20), 0x3feac0c7 - (7 << 20)};
    const uint8x16x2_t table = {{vreinterpretq_u8_u32(vld1q_u32(roots)), vreinterpretq_u8_u32(vld1q_u32(roots + 4))}};
    const uint32x4_t n = vreinterpretq_u32_f32(z);
    const uint32x4_t j = vandq_u32(n, vdupq_n_u32(7));
    const uint32x4_t index = vaddq_u32(vmulq_n_u32(j, 0x04040404), vdupq_n_u32(0x03020100));
    const uint32x4_t root = vreinterpretq_u32_u8(vqtbl2q_u8(table, vreinterpretq_u8_u32(index)));
    return vreinterpretq_f32_u32(vaddq_u32(root, vshlq_n_u32(n, 20)));
}
