// Dot products of a row with the weights of each output; see CKResample.h.
#include "CKResample.h"

static float clipped(float value) { return value < 0 ? 0 : value > 1 ? 1 : value; }

void ck_resample_row_reference(const float *row, const ptrdiff_t *starts, const float *weights, size_t taps,
                               size_t outputs, float *narrowed) {
    for (size_t output = 0; output < outputs; ++output) {
        float sum = 0;
        for (size_t tap = 0; tap < taps; ++tap) sum += row[starts[output] + (ptrdiff_t)tap] * weights[output * taps + tap];
        narrowed[output] = clipped(sum);
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2,fma"))) static void resample_row_avx2(const float *row, const ptrdiff_t *starts,
                                                                  const float *weights, size_t taps, size_t outputs,
                                                                  float *narrowed) {
    for (size_t output = 0; output < outputs; ++output) {
        const float *from = row + starts[output], *by = weights + output * taps;
        __m256 sum = _mm256_setzero_ps();
        for (size_t tap = 0; tap < taps; tap += 8)
            sum = _mm256_fmadd_ps(_mm256_loadu_ps(from + tap), _mm256_loadu_ps(by + tap), sum);
        __m128 four = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
        four = _mm_add_ps(four, _mm_movehl_ps(four, four));
        narrowed[output] = clipped(_mm_cvtss_f32(_mm_add_ss(four, _mm_movehdup_ps(four))));
    }
}
#endif

void ck_resample_row(const float *row, const ptrdiff_t *starts, const float *weights, size_t taps, size_t outputs,
                     float *narrowed) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        resample_row_avx2(row, starts, weights, taps, outputs, narrowed);
        return;
    }
#endif
    ck_resample_row_reference(row, starts, weights, taps, outputs, narrowed);
}
