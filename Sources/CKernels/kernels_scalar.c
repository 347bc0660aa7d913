// Each kernel as its definition reads. The oracle of the other tables, and what runs on a CPU that has none of them.
#include <math.h>

#include "tables.h"

static void pointwise(const ck_pointwise *a, int width) {
    for (ptrdiff_t m = 0; m < a->pixels; m++) {
        float *output = a->output + m * a->output_stride;
        for (int j = 0; j < width; j++) {
            float sum = a->bias ? a->bias[j] : output[j];
            const float *weight = a->weight + j;
            for (int piece = 0; piece < a->blocks; piece++) {
                const float *input = a->input + m * a->input_stride + piece * a->block_stride;
                for (int k = 0; k < a->block_channels; k++, weight += width) sum += input[k] * *weight;
            }
            output[j] = a->bias && a->residual ? sum + a->residual[m * a->output_stride + j] : sum;
        }
    }
}

static void depthwise(const ck_depthwise *a) {
    for (int x = 0; x < a->outputs; x++) {
        for (int c = 0; c < a->width; c++) {
            float sum = a->bias[c];
            for (int ky = 0; ky < a->kernel; ky++)
                for (int kx = 0; kx < a->kernel; kx++)
                    sum += a->rows[ky][(x * a->stride + kx) * a->width + c]
                           * a->weight[(ky * a->kernel + kx) * a->width + c];
            a->output[x * a->width + c] = sum;
        }
    }
}

static float one_plus_power(float x) { return 1.0f + exp2f(fminf(fmaxf(x, -500.0f), 500.0f) / 4); }

static void silu(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = x[i] / one_plus_power(x[i]);
}

static void silu_sum(const float *input, float *output, int pixels, int width, float *sums) {
    for (int m = 0; m < pixels; m++) {
        for (int c = 0; c < width; c++) {
            const float x = input[m * width + c];
            output[m * width + c] = x / one_plus_power(x);
            sums[c] += output[m * width + c];
        }
    }
}

static void sigmoid(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = 1.0f / one_plus_power(x[i]);
}

static void scale(float *x, int pixels, int width, const float *scale) {
    for (int m = 0; m < pixels; m++)
        for (int c = 0; c < width; c++) x[m * width + c] *= scale[c];
}

static void scale_rows(const float *weight, float *output, int rows, int width, const float *scale) {
    for (int k = 0; k < rows; k++)
        for (int j = 0; j < width; j++) output[k * width + j] = weight[k * width + j] * scale[k];
}

static double peak(long rounds) {
    volatile float sum = 1;
    for (long round = 0; round < rounds; round++) sum = sum * 0.999f + 0.001f;
    return 2.0 * (double)rounds;
}

const ck_kernels ck_kernels_scalar = {
    "scalar", {24, 16, 8}, pointwise, depthwise, silu, silu_sum, sigmoid, scale, scale_rows, peak};
