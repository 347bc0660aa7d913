#include "CKReference.h"

#include <stdint.h>
#include <string.h>

// Branch-free, so that the compiler makes vector code of the loops that call it.
static inline float exponential(float x) {
    // NaN compares false and passes through both.
    x = x > 87.0f ? 87.0f : x;
    x = x < -87.0f ? -87.0f : x;
    // n = x / ln 2 rounded to nearest: adding 1.5 * 2^23 leaves no room for a fraction.
    const float magic = 0x1.8p23f;
    const float shifted = x * 0x1.715476p+0f + magic;
    const float n = shifted - magic;
    // ln 2 in two parts (Cody and Waite), so that the remainder is exact to the last bit.
    const float f = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
    // Taylor polynomial of e^f on |f| <= ln 2 / 2, degree 6: remainder below 2^-25.
    float p = 1.0f / 720;
    p = p * f + 1.0f / 120;
    p = p * f + 1.0f / 24;
    p = p * f + 1.0f / 6;
    p = p * f + 0.5f;
    p = p * f + 1.0f;
    p = p * f + 1.0f;
    // times 2^n, by the exponent field; the low bits of `shifted` hold n
    uint32_t bits, scale;
    memcpy(&bits, &p, sizeof bits);
    memcpy(&scale, &shifted, sizeof scale);
    bits += scale << 23;
    memcpy(&p, &bits, sizeof p);
    return p;
}

float ck_reference_exp(float x) { return exponential(x); }

void ck_reference_silu(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = x[i] / (1.0f + exponential(-x[i]));
}

void ck_reference_sigmoid(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = 1.0f / (1.0f + exponential(-x[i]));
}

void ck_reference_depthwise_row(const ck_window *window, int output_row, int channels, const float *input,
                                const float *weight, const float *bias, float *output) {
    const ptrdiff_t C = channels;
    const int side = window->input_side;
    for (int x = 0; x < window->output_side; x++) {
        float *restrict sum = output + x * C;
        memcpy(sum, bias, (size_t)C * sizeof *bias);
        for (int ky = 0; ky < window->kernel; ky++) {
            const int row = output_row * window->stride - window->pad_before + ky;
            if (row < 0 || row >= side) continue;
            for (int kx = 0; kx < window->kernel; kx++) {
                const int column = x * window->stride - window->pad_before + kx;
                if (column < 0 || column >= side) continue;
                const float *restrict pixel = input + ((ptrdiff_t)row * side + column) * C;
                const float *restrict tap = weight + (ky * window->kernel + kx) * C;
                for (ptrdiff_t c = 0; c < C; c++) sum[c] += pixel[c] * tap[c];
            }
        }
    }
}

void ck_reference_patches_row(const ck_window *window, int output_row, int channels, const float *input,
                              float *patches) {
    const size_t bytes = (size_t)channels * sizeof(float);
    const int side = window->input_side;
    for (int x = 0; x < window->output_side; x++) {
        for (int ky = 0; ky < window->kernel; ky++) {
            const int row = output_row * window->stride - window->pad_before + ky;
            for (int kx = 0; kx < window->kernel; kx++, patches += channels) {
                const int column = x * window->stride - window->pad_before + kx;
                if (row < 0 || row >= side || column < 0 || column >= side) {
                    memset(patches, 0, bytes);
                } else {
                    memcpy(patches, input + ((ptrdiff_t)row * side + column) * channels, bytes);
                }
            }
        }
    }
}

void ck_reference_mean(const float *input, size_t pixels, int channels, float *mean) {
    for (int c = 0; c < channels; c++) {
        double sum = 0;
        for (size_t i = 0; i < pixels; i++) sum += input[i * (size_t)channels + (size_t)c];
        mean[c] = (float)(sum / (double)pixels);
    }
}

void ck_reference_scale(float *x, size_t pixels, int channels, const float *scale) {
    for (size_t i = 0; i < pixels; i++, x += channels)
        for (int c = 0; c < channels; c++) x[c] *= scale[c];
}

void ck_reference_fill(float *x, size_t pixels, int channels, const float *bias) {
    for (size_t i = 0; i < pixels; i++, x += channels) memcpy(x, bias, (size_t)channels * sizeof *bias);
}

void ck_reference_add(float *x, const float *y, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] += y[i];
}

void ck_reference_weighted_sums(const float *x, size_t pixels, int channels, const float *weight, float *sums) {
    for (size_t m = 0; m < pixels; m++, x += channels)
        for (int c = 0; c < channels; c++) sums[m] += x[c] * weight[c];
}
