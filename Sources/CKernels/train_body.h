// The passes of CKTrain.h, written once for the compiler to vectorise over the channels. A file that includes this
// defines TRAIN_TARGET (the functions' target attribute, or nothing) and TRAIN_NAME(x) (their names).
#include "CKTrain.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/// Rows whose sum is held in float before it is added to double.
#define BLOCK_ROWS 64
/// Channels that are worked on in registers: two vectors of AVX2, one of AVX-512.
#define LANES 16

#define INLINE static inline __attribute__((always_inline))

// Where input and output may be the same array: an iteration then touches only its own element, which the compiler
// cannot know; without the word it tests for overlap at run time and takes the scalar loop.
#if defined(__clang__)
#define ELEMENTWISE _Pragma("clang loop vectorize(assume_safety)")
#else
#define ELEMENTWISE _Pragma("GCC ivdep")
#endif

// e^x for |x| <= 87, clamped beyond; the same steps as `ck_reference_exp`, where they are explained.
INLINE float exponential(float x) {
    x = x > 87.0f ? 87.0f : x;
    x = x < -87.0f ? -87.0f : x;
    const float shifted = x * 0x1.715476p+0f + 0x1.8p23f;
    const float n = shifted - 0x1.8p23f;
    const float f = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
    float p = 1.0f / 720;
    p = p * f + 1.0f / 120;
    p = p * f + 1.0f / 24;
    p = p * f + 1.0f / 6;
    p = p * f + 0.5f;
    p = p * f + 1.0f;
    p = p * f + 1.0f;
    uint32_t bits, scale;
    memcpy(&bits, &p, sizeof bits);
    memcpy(&scale, &shifted, sizeof scale);
    bits += scale << 23;
    memcpy(&p, &bits, sizeof p);
    return p;
}

INLINE float sigmoid(float v) { return 1.0f / (1.0f + exponential(-v)); }

TRAIN_TARGET static void TRAIN_NAME(moments)(size_t rows, size_t C, const float *restrict z, double count,
                                             double *restrict mean, double *restrict m2) {
    float sum[CK_TRAIN_CHANNELS_MAX], square[CK_TRAIN_CHANNELS_MAX];
    for (size_t first = 0; first < rows; first += BLOCK_ROWS) {
        const size_t n = rows - first < BLOCK_ROWS ? rows - first : BLOCK_ROWS;
        const float *restrict block = z + first * C;
        memset(sum, 0, C * sizeof *sum);
        memset(square, 0, C * sizeof *square);
        // Deviations from the first row: a value of the distribution itself, so that the squares do not cancel.
        for (size_t r = 1; r < n; r++) {
            const float *restrict row = block + r * C;
            for (size_t c = 0; c < C; c++) {
                const float d = row[c] - block[c];
                sum[c] += d;
                square[c] += d * d;
            }
        }
        const double nb = (double)n, na = count + (double)first;
        for (size_t c = 0; c < C; c++) {
            const double offset = (double)sum[c] / nb;
            const double delta = (double)block[c] + offset - mean[c];
            mean[c] += delta * nb / (na + nb);
            m2[c] += (double)square[c] - offset * (double)sum[c] + delta * delta * na * nb / (na + nb);
        }
    }
}

TRAIN_TARGET static void TRAIN_NAME(activate)(size_t rows, size_t C, const float *z, const float *restrict a,
                                              const float *restrict b, const float *restrict scale, float *out) {
    for (size_t r = 0; r < rows; r++, z += C, out += C) {
        if (scale) {
            ELEMENTWISE
            for (size_t c = 0; c < C; c++) {
                const float v = a[c] * z[c] + b[c];
                out[c] = v * sigmoid(v) * scale[c];
            }
        } else {
            ELEMENTWISE
            for (size_t c = 0; c < C; c++) {
                const float v = a[c] * z[c] + b[c];
                out[c] = v * sigmoid(v);
            }
        }
    }
}

INLINE void add_to_double(size_t C, const float *restrict part, double *restrict sum) {
    for (size_t c = 0; c < C; c++) sum[c] += (double)part[c];
}

TRAIN_TARGET static void TRAIN_NAME(activate_sum)(size_t rows, size_t C, const float *restrict z,
                                                  const float *restrict a, const float *restrict b,
                                                  double *restrict sum) {
    float part[CK_TRAIN_CHANNELS_MAX];
    for (size_t first = 0; first < rows; first += BLOCK_ROWS) {
        const size_t n = rows - first < BLOCK_ROWS ? rows - first : BLOCK_ROWS;
        memset(part, 0, C * sizeof *part);
        for (size_t r = 0; r < n; r++, z += C)
            for (size_t c = 0; c < C; c++) {
                const float v = a[c] * z[c] + b[c];
                part[c] += v * sigmoid(v);
            }
        add_to_double(C, part, sum);
    }
}

TRAIN_TARGET static void TRAIN_NAME(dot_then_scale)(size_t rows, size_t C, float *restrict x,
                                                    const float *restrict gradient, const float *restrict scale,
                                                    double *restrict sum) {
    float part[CK_TRAIN_CHANNELS_MAX];
    for (size_t first = 0; first < rows; first += BLOCK_ROWS) {
        const size_t n = rows - first < BLOCK_ROWS ? rows - first : BLOCK_ROWS;
        memset(part, 0, C * sizeof *part);
        for (size_t r = 0; r < n; r++, x += C, gradient += C)
            for (size_t c = 0; c < C; c++) {
                part[c] += gradient[c] * x[c];
                x[c] *= scale[c];
            }
        add_to_double(C, part, sum);
    }
}

TRAIN_TARGET static void TRAIN_NAME(activation_gradient)(size_t rows, size_t C, const float *restrict z,
                                                         const float *restrict a, const float *restrict b,
                                                         const float *restrict mean, const float *du,
                                                         const float *restrict scale,
                                                         const float *restrict offset, float *dv,
                                                         double *restrict sum, double *restrict sum_z) {
    float part[CK_TRAIN_CHANNELS_MAX], part_z[CK_TRAIN_CHANNELS_MAX], ones[CK_TRAIN_CHANNELS_MAX],
        zeros[CK_TRAIN_CHANNELS_MAX];
    // What is absent becomes a row of the neutral value: one loop instead of eight.
    if (!scale) {
        for (size_t c = 0; c < C; c++) ones[c] = 1;
        scale = ones;
    }
    if (!offset || !du) memset(zeros, 0, C * sizeof *zeros);
    if (!offset) offset = zeros;
    const size_t step = du ? C : 0;
    if (!du) du = zeros;
    for (size_t first = 0; first < rows; first += BLOCK_ROWS) {
        const size_t n = rows - first < BLOCK_ROWS ? rows - first : BLOCK_ROWS;
        memset(part, 0, C * sizeof *part);
        memset(part_z, 0, C * sizeof *part_z);
        for (size_t r = 0; r < n; r++, z += C, dv += C, du += step) {
            ELEMENTWISE
            for (size_t c = 0; c < C; c++) {
                const float v = a[c] * z[c] + b[c];
                const float s = sigmoid(v);
                const float g = (du[c] * scale[c] + offset[c]) * (s * (1.0f + v * (1.0f - s)));
                dv[c] = g;
                part[c] += g;
                part_z[c] += g * (z[c] - mean[c]);
            }
        }
        add_to_double(C, part, sum);
        add_to_double(C, part_z, sum_z);
    }
}

TRAIN_TARGET static void TRAIN_NAME(gradient_sums)(size_t rows, size_t C, const float *restrict z,
                                                   const float *restrict mean, const float *restrict dv,
                                                   float factor, double *restrict sum, double *restrict sum_z) {
    float part[CK_TRAIN_CHANNELS_MAX], part_z[CK_TRAIN_CHANNELS_MAX];
    for (size_t first = 0; first < rows; first += BLOCK_ROWS) {
        const size_t n = rows - first < BLOCK_ROWS ? rows - first : BLOCK_ROWS;
        memset(part, 0, C * sizeof *part);
        memset(part_z, 0, C * sizeof *part_z);
        for (size_t r = 0; r < n; r++, z += C, dv += C)
            for (size_t c = 0; c < C; c++) {
                const float g = factor * dv[c];
                part[c] += g;
                part_z[c] += g * (z[c] - mean[c]);
            }
        add_to_double(C, part, sum);
        add_to_double(C, part_z, sum_z);
    }
}

TRAIN_TARGET static void TRAIN_NAME(combine)(size_t rows, size_t C, const float *dv, const float *restrict z,
                                             const float *restrict alpha, const float *restrict beta,
                                             const float *restrict delta, float *out) {
    for (size_t r = 0; r < rows; r++, dv += C, z += C, out += C) {
        ELEMENTWISE
        for (size_t c = 0; c < C; c++) out[c] = alpha[c] * dv[c] + (beta[c] * z[c] + delta[c]);
    }
}

TRAIN_TARGET static void TRAIN_NAME(affine)(size_t rows, size_t C, const float *restrict z,
                                            const float *restrict a, const float *restrict b,
                                            const float *residual, float *out) {
    for (size_t r = 0; r < rows; r++, z += C, out += C) {
        if (residual) {
            ELEMENTWISE
            for (size_t c = 0; c < C; c++) out[c] = a[c] * z[c] + b[c] + residual[c];
            residual += C;
        } else {
            for (size_t c = 0; c < C; c++) out[c] = a[c] * z[c] + b[c];
        }
    }
}

// `width` is LANES wherever it can be, so that the accumulators are registers; the tail takes the rest.
INLINE void depthwise_pixels(int kernel, int stride, size_t W, size_t C, const float *const *rows,
                             const float *restrict weight, float *restrict out, size_t c, size_t width) {
    for (size_t x = 0; x < W; x++) {
        float sum[LANES] = {0};
        for (int ky = 0; ky < kernel; ky++) {
            if (!rows[ky]) continue;
            const float *restrict in = rows[ky] + x * (size_t)stride * C + c;
            const float *restrict w = weight + (size_t)(ky * kernel) * C + c;
            for (int kx = 0; kx < kernel; kx++)
                for (size_t l = 0; l < width; l++) sum[l] += in[(size_t)kx * C + l] * w[(size_t)kx * C + l];
        }
        for (size_t l = 0; l < width; l++) out[x * C + c + l] = sum[l];
    }
}

TRAIN_TARGET static void TRAIN_NAME(depthwise)(int kernel, int stride, size_t W, size_t C,
                                               const float *const *rows, const float *weight, float *out) {
    size_t c = 0;
    for (; c + LANES <= C; c += LANES) {
        // Constant bounds let the compiler unroll the window.
        if (kernel == 3) depthwise_pixels(3, stride, W, C, rows, weight, out, c, LANES);
        else if (kernel == 5) depthwise_pixels(5, stride, W, C, rows, weight, out, c, LANES);
        else depthwise_pixels(kernel, stride, W, C, rows, weight, out, c, LANES);
    }
    if (c < C) depthwise_pixels(kernel, stride, W, C, rows, weight, out, c, C - c);
}

INLINE void input_gradient_pixels(int kernel, int stride, int before, size_t W, size_t C,
                                  const float *const *rows, const float *restrict weight, float *restrict out,
                                  size_t c, size_t width) {
    for (size_t x = 0; x < W; x++) {
        float sum[LANES] = {0};
        // Column x of the input met output column (x + before - kx) / stride, where that divides.
        const int first = ((int)x + before) % stride;
        const size_t start = (size_t)(((int)x + before - first) / stride + kernel - 1);
        for (int ky = 0; ky < kernel; ky++) {
            if (!rows[ky]) continue;
            const float *restrict d = rows[ky] + start * C + c;
            const float *restrict w = weight + (size_t)(ky * kernel) * C + c;
            for (int kx = first, back = 0; kx < kernel; kx += stride, back++)
                for (size_t l = 0; l < width; l++)
                    sum[l] += d[(ptrdiff_t)l - back * (ptrdiff_t)C] * w[(size_t)kx * C + l];
        }
        for (size_t l = 0; l < width; l++) out[x * C + c + l] = sum[l];
    }
}

TRAIN_TARGET static void TRAIN_NAME(depthwise_input_gradient)(int kernel, int stride, int before, size_t W,
                                                              size_t C, const float *const *rows,
                                                              const float *weight, float *out) {
    size_t c = 0;
    for (; c + LANES <= C; c += LANES) {
        if (kernel == 3 && stride == 1)
            input_gradient_pixels(3, 1, before, W, C, rows, weight, out, c, LANES);
        else if (kernel == 5 && stride == 1)
            input_gradient_pixels(5, 1, before, W, C, rows, weight, out, c, LANES);
        else
            input_gradient_pixels(kernel, stride, before, W, C, rows, weight, out, c, LANES);
    }
    if (c < C) input_gradient_pixels(kernel, stride, before, W, C, rows, weight, out, c, C - c);
}

INLINE void weight_gradient_columns(int kernel, int stride, size_t W, size_t C, const float *restrict row,
                                    const float *restrict dout, float *restrict dweight, size_t c,
                                    size_t width) {
    float sum[CK_TRAIN_KERNEL_MAX][LANES] = {{0}};
    for (size_t x = 0; x < W; x++) {
        const float *restrict in = row + x * (size_t)stride * C + c;
        const float *restrict d = dout + x * C + c;
        for (int kx = 0; kx < kernel; kx++)
            for (size_t l = 0; l < width; l++) sum[kx][l] += in[(size_t)kx * C + l] * d[l];
    }
    for (int kx = 0; kx < kernel; kx++)
        for (size_t l = 0; l < width; l++) dweight[(size_t)kx * C + c + l] += sum[kx][l];
}

TRAIN_TARGET static void TRAIN_NAME(depthwise_weight_gradient)(int kernel, int stride, size_t W, size_t C,
                                                               const float *row, const float *dout,
                                                               float *dweight) {
    size_t c = 0;
    for (; c + LANES <= C; c += LANES) {
        if (kernel == 3) weight_gradient_columns(3, stride, W, C, row, dout, dweight, c, LANES);
        else if (kernel == 5) weight_gradient_columns(5, stride, W, C, row, dout, dweight, c, LANES);
        else weight_gradient_columns(kernel, stride, W, C, row, dout, dweight, c, LANES);
    }
    if (c < C) weight_gradient_columns(kernel, stride, W, C, row, dout, dweight, c, C - c);
}

TRAIN_TARGET static void TRAIN_NAME(adamw)(size_t count, float *restrict weight, const float *restrict gradient,
                                           float *restrict m, float *restrict v, float rate, float decay,
                                           float beta1, float beta2, float correction1, float correction2,
                                           float epsilon) {
    for (size_t i = 0; i < count; i++) {
        const float g = gradient[i];
        m[i] = beta1 * m[i] + (1.0f - beta1) * g;
        v[i] = beta2 * v[i] + (1.0f - beta2) * g * g;
        const float step = (m[i] / correction1) / (__builtin_sqrtf(v[i] / correction2) + epsilon);
        weight[i] -= rate * (decay * weight[i] + step);
    }
}

TRAIN_TARGET static void TRAIN_NAME(momentum)(size_t count, float *restrict weight,
                                              const float *restrict gradient, float *restrict v, float rate,
                                              float decay, float momentum, int nesterov) {
    for (size_t i = 0; i < count; i++) {
        const float g = gradient[i] + decay * weight[i];
        v[i] = momentum * v[i] + g;
        weight[i] -= rate * (nesterov ? g + momentum * v[i] : v[i]);
    }
}

/// The table of this file's functions.
const ck_train_kernels TRAIN_NAME(table) = {
    .name = TRAIN_LABEL,
    .moments = TRAIN_NAME(moments),
    .activate = TRAIN_NAME(activate),
    .activate_sum = TRAIN_NAME(activate_sum),
    .dot_then_scale = TRAIN_NAME(dot_then_scale),
    .activation_gradient = TRAIN_NAME(activation_gradient),
    .gradient_sums = TRAIN_NAME(gradient_sums),
    .combine = TRAIN_NAME(combine),
    .affine = TRAIN_NAME(affine),
    .depthwise = TRAIN_NAME(depthwise),
    .depthwise_input_gradient = TRAIN_NAME(depthwise_input_gradient),
    .depthwise_weight_gradient = TRAIN_NAME(depthwise_weight_gradient),
    .adamw = TRAIN_NAME(adamw),
    .momentum = TRAIN_NAME(momentum),
};
