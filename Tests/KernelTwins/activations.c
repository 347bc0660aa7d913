// SiLU and sigmoid against double precision, their ends included.
#include <math.h>
#include <string.h>

#include "twins.h"

// The promise of CKKernels.h.
static const double relative_error_max = 3e-7;
// What the errors come to on average: an error in the same direction everywhere is not averaged out by a network.
static const double mean_error_max = 2e-8;

static double silu(double scaled) { return scaled / (1 + exp2(scaled / 4)); }
static double sigmoid(double scaled) { return 1 / (1 + exp2(scaled / 4)); }

static int is_within(double found, double expected) {
    return fabs(found - expected) <= relative_error_max * fabs(expected);
}

// The mean of the relative errors; of those beyond denormal numbers.
static double mean_error(const float *input, const float *found, size_t count, double (*function)(double)) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        if (fabsf(input[i]) >= 1e-37f) sum += found[i] / function(input[i]) - 1;
    return sum / (double)count;
}

// |x| <= 80 in SiLU's own unit, all magnitudes down to denormal numbers.
static void sweep(twins *t, size_t count) {
    float *input = twins_floats(t, count, 80 * 5.77f), *sums = twins_floats(t, 48, 0);
    for (size_t i = 0; i < count; i += 3) input[i] = ldexpf(input[i], -(int)(i % 140));
    float *found = twins_floats(t, count, 1);
    memcpy(found, input, count * sizeof *found);
    t->table->silu(found, count);
    int is_right = 1, stays = found[count] == UNTOUCHED;
    for (size_t i = 0; i < count; i++) is_right &= is_within(found[i], silu(input[i])) || fabsf(input[i]) < 1e-37f;
    if (count > 10000) is_right &= fabs(mean_error(input, found, count, silu)) <= mean_error_max;
    twins_expect(t, is_right && stays, "SiLU of %zu values", count);
    memcpy(found, input, count * sizeof *found);
    t->table->sigmoid(found, count);
    is_right = 1, stays = found[count] == UNTOUCHED;
    for (size_t i = 0; i < count; i++) is_right &= is_within(found[i], sigmoid(input[i]));
    if (count > 10000) is_right &= fabs(mean_error(input, found, count, sigmoid)) <= mean_error_max;
    twins_expect(t, is_right && stays, "sigmoid of %zu values", count);
    free(input), free(sums), free(found);
}

static void summed(twins *t, int width, int pixels) {
    const size_t count = (size_t)(pixels * width);
    float *input = twins_floats(t, count, 30), *sums = twins_floats(t, (size_t)width, 1);
    float *found = twins_floats(t, count, 1), *start = twins_floats(t, (size_t)width, 1);
    memcpy(start, sums, (size_t)width * sizeof *start);
    t->table->silu_sum(input, found, pixels, width, sums);
    int is_right = found[count] == UNTOUCHED && sums[width] == UNTOUCHED;
    for (int c = 0; c < width; c++) {
        double sum = start[c], size = 1;
        for (int m = 0; m < pixels; m++) {
            const double y = silu(input[m * width + c]);
            is_right &= is_within(found[m * width + c], y);
            sum += y, size += fabs(y);
        }
        is_right &= fabs(sums[c] - sum) <= 2e-6 * size;
    }
    twins_expect(t, is_right, "SiLU of %d pixels with sums, width %d", pixels, width);
    free(input), free(sums), free(found), free(start);
}

// In SiLU's own unit x = input / c, c negative: +inf stays +inf, -inf stays -inf, NaN stays NaN, -large goes to nought.
static void ends(twins *t) {
    float values[16] = {-INFINITY, INFINITY, NAN, 0.0f, -0.0f, -1e30f, 1e30f, -3e38f, 3e38f, 700, -700, 1e-40f, 500, 501};
    float sigmoids[16], copy[16];
    memcpy(sigmoids, values, sizeof values), memcpy(copy, values, sizeof values);
    t->table->silu(values, 16);
    t->table->sigmoid(sigmoids, 16);
    twins_expect(t, values[0] == -INFINITY && values[1] == INFINITY && isnan(values[2]), "SiLU of infinities and NaN");
    twins_expect(t, values[3] == 0 && !signbit(values[3]) && values[4] == 0 && signbit(values[4]), "SiLU of noughts");
    twins_expect(t, values[5] == -1e30f && values[7] == -3e38f && values[10] == -700, "SiLU of large values");
    // 2^(500/4) is where the exponent is held: at most |x'| * 2^-125 is left of it.
    int is_small = 1;
    for (int i = 6; i < 14; i++) is_small &= copy[i] < 500 || (values[i] >= 0 && values[i] <= copy[i] * 0x1.01p-125f);
    twins_expect(t, is_small, "SiLU of large negative values");
    twins_expect(t, sigmoids[0] == 1 && sigmoids[1] <= 0x1.01p-125f && sigmoids[1] >= 0, "sigmoid of infinities");
    twins_expect(t, sigmoids[3] == 0.5f && sigmoids[7] == 1, "sigmoid of nought and of large values");
}

void twins_activations(twins *t) {
    for (size_t count = 8; count <= 264; count += 8) sweep(t, count);
    sweep(t, 40000);
    for (const int *width = t->table->widths; *width; width++)
        for (int pixels = 1; pixels < 40; pixels += 6) summed(t, *width, pixels);
    ends(t);
}
