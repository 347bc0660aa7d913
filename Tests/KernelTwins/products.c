// Products, depthwise convolutions and scalings.
#include <string.h>

#include "twins.h"

// Relative to the sum of magnitudes: at most 300 values with one rounding each, most of which cancel.
static const float tolerance = 2e-6f;

// Pixels around the tile of any table: 4, 6, 8, 12 and 16, one less, one more, twice as many, and primes.
static const int pixel_counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 31, 33, 64};
// Pieces and their values: one value, below, at and above the four of an unrolled step, patches of the stem, blocks.
static const int sums[][2] = {{1, 1}, {1, 3}, {1, 4}, {1, 5}, {3, 9}, {1, 16}, {2, 24}, {1, 97}, {1, 130}, {1, 192}, {9, 24}, {5, 48}};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void pointwise(twins *t, int width, int pixels, int blocks, int block_channels, int has_bias, int has_residual) {
    const ptrdiff_t input_stride = block_channels + 3, block_stride = pixels * input_stride + 5;
    const ptrdiff_t output_stride = width + 8;
    const size_t outputs = (size_t)pixels * (size_t)output_stride;
    float *input = twins_floats(t, (size_t)(blocks * block_stride), 1);
    float *weight = twins_floats(t, (size_t)(blocks * block_channels * width), 1);
    float *bias = twins_floats(t, (size_t)width, 1), *residual = twins_floats(t, outputs, 1);
    float *found = twins_floats(t, outputs, 1), *expected = twins_floats(t, 0, 0), *single = twins_floats(t, 0, 0);
    expected = realloc(expected, (outputs + 64) * sizeof *expected);
    single = realloc(single, (outputs + 64) * sizeof *single);
    if (!expected || !single) abort();
    memcpy(expected, found, (outputs + 64) * sizeof *expected);
    memcpy(single, found, (outputs + 64) * sizeof *single);
    ck_pointwise product = {
        .input = input, .input_stride = input_stride, .blocks = blocks, .block_channels = block_channels,
        .block_stride = block_stride, .weight = weight, .bias = has_bias ? bias : NULL,
        .residual = has_residual ? residual : NULL, .output = expected, .output_stride = output_stride,
        .pixels = pixels};
    t->scalar->pointwise(&product, width);
    product.output = found;
    product.prefetch = weight;
    product.prefetch_bytes = 256;
    t->table->pointwise(&product, width);
    const float size = (float)(blocks * block_channels) * 0.25f + 2;
    twins_expect(t, twins_close(found, expected, outputs + 64, tolerance, size),
                 "product of %d pixels, %d x %d values, width %d, bias %d, residual %d", pixels, blocks, block_channels,
                 width, has_bias, has_residual);
    // Pixel by pixel: the same bits.
    product.pixels = 1;
    for (int m = 0; m < pixels; m++) {
        product.input = input + m * input_stride;
        product.output = single + m * output_stride;
        product.residual = has_residual ? residual + m * output_stride : NULL;
        t->table->pointwise(&product, width);
    }
    twins_expect(t, memcmp(found, single, (outputs + 64) * sizeof *found) == 0,
                 "product of %d pixels, %d x %d values, width %d: other bits pixel by pixel", pixels, blocks,
                 block_channels, width);
    free(input), free(weight), free(bias), free(residual), free(found), free(expected), free(single);
}

void twins_pointwise(twins *t) {
    for (const int *width = t->table->widths; *width; width++)
        for (size_t p = 0; p < COUNT(pixel_counts); p++)
            for (size_t s = 0; s < COUNT(sums); s++)
                pointwise(t, *width, pixel_counts[p], sums[s][0], sums[s][1], s % 3 != 1, s % 3 != 1 && s % 2 == 0);
}

static void depthwise(twins *t, int width, int kernel, int stride, int outputs) {
    const size_t columns = (size_t)((outputs - 1) * stride + kernel), count = (size_t)(outputs * width);
    float *input = twins_floats(t, columns * (size_t)(kernel * width), 1);
    float *weight = twins_floats(t, (size_t)(kernel * kernel * width), 1), *bias = twins_floats(t, (size_t)width, 1);
    float *found = twins_floats(t, count, 1), *expected = twins_floats(t, count, 1);
    ck_depthwise row = {.weight = weight, .bias = bias, .output = expected, .outputs = outputs, .width = width,
                        .kernel = kernel, .stride = stride};
    for (int ky = 0; ky < kernel; ky++) row.rows[ky] = input + (size_t)ky * columns * (size_t)width;
    t->scalar->depthwise(&row);
    row.output = found;
    t->table->depthwise(&row);
    twins_expect(t, twins_close(found, expected, count + 64, tolerance, (float)(kernel * kernel)),
                 "depthwise %dx%d stride %d, %d outputs, width %d", kernel, kernel, stride, outputs, width);
    free(input), free(weight), free(bias), free(found), free(expected);
}

void twins_depthwise(twins *t) {
    for (const int *width = t->table->widths; *width; width++)
        for (int outputs = 1; outputs < 34; outputs++)
            for (int kernel = 3; kernel <= 5; kernel += 2)
                for (int stride = 1; stride <= 2; stride++) depthwise(t, *width, kernel, stride, outputs);
}

void twins_scaling(twins *t) {
    for (const int *width = t->table->widths; *width; width++) {
        for (int pixels = 1; pixels < 20; pixels += 3) {
            const size_t count = (size_t)(pixels * *width);
            float *values = twins_floats(t, count, 1), *found = twins_floats(t, count, 1);
            float *expected = twins_floats(t, count, 1);
            float *scale = twins_floats(t, (size_t)(pixels > *width ? pixels : *width), 2);
            t->scalar->scale_rows(values, expected, pixels, *width, scale);
            t->table->scale_rows(values, found, pixels, *width, scale);
            twins_expect(t, memcmp(found, expected, (count + 64) * sizeof *found) == 0, "%d scaled rows, width %d",
                         pixels, *width);
            t->scalar->scale(expected, pixels, *width, scale);
            t->table->scale(found, pixels, *width, scale);
            twins_expect(t, memcmp(found, expected, (count + 64) * sizeof *found) == 0, "%d scaled pixels, width %d",
                         pixels, *width);
            free(values), free(found), free(expected), free(scale);
        }
    }
}
