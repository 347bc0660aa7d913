// The two passes of a resize, which are most of the work of preparing a radiograph: a row is narrowed, then added to the
// rows of the output it has a share in.
#ifndef CK_RESAMPLE_H
#define CK_RESAMPLE_H

#include <stddef.h>

/// One row resized: narrowed[o] = the sum over t in 0..<taps of row[starts[o] + t] * weights[o * taps + t], clipped to
/// 0...1. `taps` is a multiple of 8; `row` has at least starts[o] + taps values for every o. Arrays do not overlap.
/// The fastest version for this processor; within 1e-6 of the reference for up to 512 weights that add up to 1.
void ck_resample_row(const float *row, const ptrdiff_t *starts, const float *weights, size_t taps, size_t outputs,
                     float *narrowed);

/// The same, one product after the other: the oracle, and what other processors run.
void ck_resample_row_reference(const float *row, const ptrdiff_t *starts, const float *weights, size_t taps,
                               size_t outputs, float *narrowed);

/// sum[i] += weight * row[i], the product rounded or not. Arrays do not overlap.
void ck_add_row(const float *row, float weight, size_t count, float *sum);

#endif
