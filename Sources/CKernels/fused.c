#include "CKFused.h"

#include <string.h>

static size_t aligned(size_t floats) { return (floats + 15) / 16 * 16; }

// Columns of a ring row: the image with the padding before it, and whatever the last window reaches beyond.
static size_t ring_columns(const ck_window *window) {
    const int reached = (window->output_side - 1) * window->stride + window->kernel;
    const int filled = window->pad_before + window->input_side;
    return (size_t)(reached > filled ? reached : filled);
}

// Columns of a padded image line under the stem.
static size_t line_columns(const ck_window *stem) { return stem->kernel ? ring_columns(stem) : 0; }

size_t ck_expand_depthwise_scratch(const ck_window *window, const ck_window *stem, int width) {
    const size_t row = aligned(ring_columns(window) * (size_t)width);
    const size_t result = aligned((size_t)window->output_side * (size_t)width);
    return row * (size_t)(window->kernel + 1) + result + aligned(3 * line_columns(stem) * 3);
}

// One row of the stem's output: three padded lines of the image are the patches of a product with 3 × 9 values.
static void stem_row(const ck_kernels *kernels, const ck_expand_depthwise *o, int row, float *lines, float *target) {
    const ck_window *stem = &o->stem;
    const size_t columns = line_columns(stem);
    const size_t bytes = columns * 3 * sizeof(float);
    for (int ky = 0; ky < 3; ky++) {
        float *line = lines + (size_t)ky * columns * 3;
        const int source = row * stem->stride - stem->pad_before + ky;
        memset(line, 0, bytes);
        if (source >= 0 && source < stem->input_side)
            memcpy(line + 3 * stem->pad_before, o->input + (ptrdiff_t)source * stem->input_side * 3,
                   (size_t)stem->input_side * 3 * sizeof(float));
    }
    const ck_pointwise product = {
        .input = lines, .input_stride = 3 * stem->stride, .blocks = 3, .block_channels = 9,
        .block_stride = (ptrdiff_t)columns * 3, .weight = o->expand_weight, .bias = o->expand_bias,
        .output = target, .output_stride = o->width, .pixels = stem->output_side};
    kernels->pointwise(&product, o->width);
}

// One row of the depthwise convolution's input, without its padding.
static void source_row(const ck_kernels *kernels, ck_expand_depthwise *o, int row, float *lines, float *target) {
    const int side = o->window.input_side, width = o->width;
    const float *input = o->input + (ptrdiff_t)row * side * o->input_channels;
    if (!o->expand_weight) {
        const int is_whole = width == o->input_channels;  // then a row is one piece, not one a pixel
        const int pieces = is_whole ? 1 : side, floats = is_whole ? side * width : width;
        for (int x = 0; x < pieces; x++)
            memcpy(target + (ptrdiff_t)x * width, input + (ptrdiff_t)x * o->input_channels + o->first_channel,
                   (size_t)floats * sizeof(float));
        return;
    }
    if (o->stem.kernel) {
        stem_row(kernels, o, row, lines, target);
    } else {
        const ck_pointwise product = {
            .input = input, .input_stride = o->input_channels, .blocks = 1, .block_channels = o->input_channels,
            .weight = o->expand_weight, .bias = o->expand_bias, .output = target, .output_stride = width,
            .pixels = side, .prefetch = o->prefetch, .prefetch_bytes = o->prefetch_bytes};
        kernels->pointwise(&product, width);
        if (o->prefetch) o->prefetch = (const char *)o->prefetch + o->prefetch_bytes;
    }
    kernels->silu(target, (size_t)side * (size_t)width);
}

void ck_expand_depthwise_run(const ck_kernels *kernels, const ck_expand_depthwise *operation) {
    ck_expand_depthwise o = *operation;
    const ck_window *window = &o.window;
    const size_t row_floats = aligned(ring_columns(window) * (size_t)o.width);
    const ptrdiff_t margin = (ptrdiff_t)window->pad_before * o.width;
    float *zero = o.scratch + row_floats * (size_t)window->kernel;
    float *result = zero + row_floats;
    float *lines = result + aligned((size_t)window->output_side * (size_t)o.width);
    memset(o.scratch, 0, row_floats * (size_t)(window->kernel + 1) * sizeof(float));
    memset(o.sums, 0, (size_t)(o.end_band - o.first_band) * (size_t)o.width * sizeof(float));

    int next = ck_band_row(&o, o.first_band) * window->stride - window->pad_before;  // the next input row to make
    if (next < 0) next = 0;
    // Each row asks for its share: a row's product has too few steps to ask for all.
    const int rows = (ck_band_row(&o, o.end_band) - ck_band_row(&o, o.first_band)) * window->stride;
    o.prefetch_bytes = (o.prefetch_bytes / (size_t)(rows > 0 ? rows : 1) + 63) / 64 * 64;
    ck_depthwise depthwise = {
        .weight = o.depthwise_weight, .bias = o.depthwise_bias, .output = result, .outputs = window->output_side,
        .width = o.width, .kernel = window->kernel, .stride = window->stride};
    for (int band = o.first_band; band < o.end_band; band++, o.sums += o.width)
        for (int y = ck_band_row(&o, band); y < ck_band_row(&o, band + 1); y++) {
            const int top = y * window->stride - window->pad_before;
            for (; next < top + window->kernel && next < window->input_side; next++)
                source_row(kernels, &o, next, lines, o.scratch + row_floats * (size_t)(next % window->kernel) + margin);
            for (int ky = 0; ky < window->kernel; ky++) {
                const int row = top + ky;
                const int is_inside = row >= 0 && row < window->input_side;
                depthwise.rows[ky] = is_inside ? o.scratch + row_floats * (size_t)(row % window->kernel) : zero;
            }
            kernels->depthwise(&depthwise);
            float sums[CK_WIDTH_MAX] = {0};
            kernels->silu_sum(result, o.output + (ptrdiff_t)y * window->output_side * o.width, window->output_side,
                              o.width, sums);
            for (int c = 0; c < o.width; c++) o.sums[c] += sums[c];
        }
}
