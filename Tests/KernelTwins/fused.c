// Expansion and depthwise convolution in one go: three sources of rows, odd and even sides, maps of one pixel.
#include <string.h>

#include "twins.h"

static const float tolerance = 5e-6f;

static ck_window window(int kernel, int stride, int side, int is_same) {
    const int output = (side + stride - 1) / stride;
    const int needed = (output - 1) * stride + kernel - side;
    const int before = is_same ? (needed > 0 ? needed : 0) / 2 : (kernel - 1) / 2;
    return (ck_window){kernel, stride, before, side, output};
}

typedef enum { EXPANDED, STEM, COPIED, COPIED_WHOLE } source;

static void run(twins *t, source kind, int width, ck_window w, int image_side, int is_same) {
    const int channels = kind == EXPANDED ? 5 + width / 8 : kind == STEM ? 3 : kind == COPIED ? width + 8 : width;
    const int input_side = kind == STEM ? image_side : w.input_side, sums = kind == STEM ? 27 : channels;
    const size_t count = (size_t)(w.output_side * w.output_side * width);
    float *input = twins_floats(t, (size_t)(input_side * input_side * channels), 2);
    float *expand = twins_floats(t, (size_t)(sums * width), 2), *expand_bias = twins_floats(t, (size_t)width, 1);
    float *weight = twins_floats(t, (size_t)(w.kernel * w.kernel * width), 1);
    float *bias = twins_floats(t, (size_t)width, 1);
    float *found = twins_floats(t, count, 1), *expected = twins_floats(t, count, 1), *banded = twins_floats(t, count, 1);
    const int bands = w.output_side < 5 ? w.output_side : 5;
    const size_t sum_count = (size_t)(bands * width);
    float *found_sums = twins_floats(t, sum_count, 1), *expected_sums = twins_floats(t, sum_count, 1);
    float *banded_sums = twins_floats(t, sum_count, 1);
    const ck_window none = {0}, stem = kind == STEM ? window(3, 2, image_side, is_same) : none;
    const size_t scratch = (ck_expand_depthwise_scratch(&w, &stem, width) * sizeof(float) + 63) / 64 * 64;
    float *memory = aligned_alloc(64, scratch);
    if (!memory) abort();
    memset(memory, 0xFF, scratch);  // NaN: whatever is not written shows
    ck_expand_depthwise operation = {
        .window = w, .stem = stem, .width = width, .input = input, .input_channels = channels,
        .first_channel = kind == COPIED ? 8 : 0, .expand_weight = kind >= COPIED ? NULL : expand,
        .expand_bias = expand_bias, .depthwise_weight = weight, .depthwise_bias = bias, .bands = bands, .end_band = bands,
        .output = expected, .sums = expected_sums, .scratch = memory};
    ck_expand_depthwise_run(t->scalar, &operation);
    operation.output = found, operation.sums = found_sums;
    operation.prefetch = expand, operation.prefetch_bytes = 64;
    ck_expand_depthwise_run(t->table, &operation);
    const float pixels = (float)(w.output_side * w.output_side);
    twins_expect(t, twins_close(found, expected, count + 64, tolerance, (float)(w.kernel * w.kernel * sums))
                        && twins_close(found_sums, expected_sums, sum_count + 64, tolerance, pixels * 300),
                 "source %d, %dx%d stride %d, side %d, padding %d before, width %d", kind, w.kernel, w.kernel, w.stride,
                 w.input_side, w.pad_before, width);
    // In pieces of two bands: the same bits.
    operation.output = banded;
    for (int band = 0; band < bands; band += 2) {
        operation.first_band = band, operation.end_band = band + 2 < bands ? band + 2 : bands;
        operation.sums = banded_sums + band * width;
        ck_expand_depthwise_run(t->table, &operation);
    }
    twins_expect(t, memcmp(found, banded, (count + 64) * sizeof *found) == 0
                        && memcmp(found_sums, banded_sums, (sum_count + 64) * sizeof *found) == 0,
                 "source %d, side %d, width %d: other bits in bands", kind, w.input_side, width);
    free(input), free(expand), free(expand_bias), free(weight), free(bias), free(found), free(expected), free(banded);
    free(found_sums), free(expected_sums), free(banded_sums), free(memory);
}

void twins_fused(twins *t) {
    static const int sides[] = {1, 2, 3, 4, 5, 7, 8, 13, 16, 17};
    for (const int *width = t->table->widths; *width; width++)
        for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
            for (int variant = 0; variant < 8; variant++) {
                const int kernel = variant & 1 ? 5 : 3, stride = variant & 2 ? 2 : 1, is_same = variant & 4 ? 1 : 0;
                const ck_window w = window(kernel, stride, sides[i], is_same);
                run(t, EXPANDED, *width, w, 0, is_same);
                run(t, COPIED, *width, w, 0, is_same);
                run(t, COPIED_WHOLE, *width, w, 0, is_same);
                // An image of an odd and of an even side, which the stem halves to this one.
                run(t, STEM, *width, w, 2 * sides[i] - (variant & 1), is_same);
            }
}
