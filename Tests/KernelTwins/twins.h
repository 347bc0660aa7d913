// What the files of this folder share.
#ifndef TWINS_H
#define TWINS_H

#include <stdlib.h>

#include "CKFused.h"
#include "KernelTwins.h"

/// One run of the list.
typedef struct {
    const ck_kernels *table;
    const ck_kernels *scalar;
    twins_report report;
    void *context;
    unsigned long long noise;  ///< state of the generator
    int cases;
} twins;

/// What is written beside an output to see that it stays.
#define UNTOUCHED 12345.0f

/// A number in −scale … scale.
float twins_noise(twins *t, float scale);

/// `count` such numbers, followed by room for 64 more that hold UNTOUCHED. Freed by the caller.
float *twins_floats(twins *t, size_t count, float scale);

/// Counts a case, and reports it by this printf-like text unless `is_right`.
void twins_expect(twins *t, int is_right, const char *format, ...) __attribute__((format(printf, 3, 4)));

/// Whether every found value is as expected, within `relative` of `size` (the magnitude of what was added up).
int twins_close(const float *found, const float *expected, size_t count, float relative, float size);

void twins_pointwise(twins *t);
void twins_depthwise(twins *t);
void twins_activations(twins *t);
void twins_scaling(twins *t);
void twins_fused(twins *t);

#endif
