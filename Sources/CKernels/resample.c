// Dot products of a row with the weights of each output, and sums of rows; see CKResample.h.
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

static void add_row_reference(const float *row, float weight, size_t count, float *sum) {
    for (size_t index = 0; index < count; ++index) sum[index] += weight * row[index];
}

#if defined(__x86_64__)
#include <immintrin.h>

static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

__attribute__((target("avx2,fma"))) static __m256 dot_avx2(const float *values, const float *weights, size_t taps) {
    __m256 sum = _mm256_setzero_ps();
    for (size_t tap = 0; tap < taps; tap += 8)
        sum = _mm256_fmadd_ps(_mm256_loadu_ps(values + tap), _mm256_loadu_ps(weights + tap), sum);
    return sum;
}

// The sums of four vectors, clipped: adding them up side by side takes a third of the time.
__attribute__((target("avx2,fma"))) static __m128 clipped_sums_avx2(__m256 a, __m256 b, __m256 c, __m256 d) {
    __m256 halves = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    __m128 sums = _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1));
    return _mm_min_ps(_mm_max_ps(sums, _mm_setzero_ps()), _mm_set1_ps(1));
}

__attribute__((target("avx2,fma"))) static void resample_row_avx2(const float *row, const ptrdiff_t *starts,
                                                                  const float *weights, size_t taps, size_t outputs,
                                                                  float *narrowed) {
    size_t output = 0;
    for (; output + 4 <= outputs; output += 4) {
        const float *by = weights + output * taps;
        __m256 a = dot_avx2(row + starts[output], by, taps);
        __m256 b = dot_avx2(row + starts[output + 1], by + taps, taps);
        __m256 c = dot_avx2(row + starts[output + 2], by + 2 * taps, taps);
        __m256 d = dot_avx2(row + starts[output + 3], by + 3 * taps, taps);
        _mm_storeu_ps(narrowed + output, clipped_sums_avx2(a, b, c, d));
    }
    for (; output < outputs; ++output) {
        __m256 sum = dot_avx2(row + starts[output], weights + output * taps, taps), none = _mm256_setzero_ps();
        narrowed[output] = _mm_cvtss_f32(clipped_sums_avx2(sum, none, none, none));
    }
}

__attribute__((target("avx2,fma"))) static void add_row_avx2(const float *row, float weight, size_t count, float *sum) {
    size_t index = 0;
    for (; index + 8 <= count; index += 8)
        _mm256_storeu_ps(sum + index, _mm256_fmadd_ps(_mm256_loadu_ps(row + index), _mm256_set1_ps(weight),
                                                      _mm256_loadu_ps(sum + index)));
    add_row_reference(row + index, weight, count - index, sum + index);
}
#endif

void ck_resample_row(const float *row, const ptrdiff_t *starts, const float *weights, size_t taps, size_t outputs,
                     float *narrowed) {
#if defined(__x86_64__)
    if (has_avx2()) {
        resample_row_avx2(row, starts, weights, taps, outputs, narrowed);
        return;
    }
#endif
    ck_resample_row_reference(row, starts, weights, taps, outputs, narrowed);
}

void ck_add_row(const float *row, float weight, size_t count, float *sum) {
#if defined(__x86_64__)
    if (has_avx2()) {
        add_row_avx2(row, weight, count, sum);
        return;
    }
#endif
    add_row_reference(row, weight, count, sum);
}
