#include "twins.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

float twins_noise(twins *t, float scale) {
    t->noise = t->noise * 6364136223846793005ull + 1442695040888963407ull;
    return scale * ((float)(t->noise >> 40) / (float)(1 << 23) - 1);
}

float *twins_floats(twins *t, size_t count, float scale) {
    float *floats = malloc((count + 64) * sizeof *floats);
    if (!floats) abort();
    for (size_t i = 0; i < count; i++) floats[i] = twins_noise(t, scale);
    for (size_t i = count; i < count + 64; i++) floats[i] = UNTOUCHED;
    return floats;
}

void twins_expect(twins *t, int is_right, const char *format, ...) {
    t->cases++;
    if (is_right) return;
    char text[256];
    const int start = snprintf(text, sizeof text, "%s: ", t->table->name);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + start, sizeof text - (size_t)start, format, arguments);
    va_end(arguments);
    t->report(text, t->context);
}

int twins_close(const float *found, const float *expected, size_t count, float relative, float size) {
    for (size_t i = 0; i < count; i++)
        if (!(fabsf(found[i] - expected[i]) <= relative * (size + fabsf(expected[i])))) return 0;
    return 1;
}

int twins_compare(const char *table, twins_report report, void *context) {
    twins t = {ck_kernels_named(table), ck_kernels_named("scalar"), report, context, 1, 0};
    if (!t.table) return 0;
    twins_pointwise(&t);
    twins_depthwise(&t);
    twins_activations(&t);
    twins_scaling(&t);
    twins_fused(&t);
    return t.cases;
}
