// The kernels of inference: one table for each kind of CPU, all with the same layouts and the same meaning.
//
// Words: a *pixel* is one place of a feature map; a *block* is some neighbouring channels, as many as one of the
// table's panel widths says; L is the number of floats of a vector. All channel counts of EfficientNet are multiples
// of 8, and so is every width.
//
// Determinism: within one table each output value is computed by the same operations in the same order wherever its
// pixel lies and whatever is computed beside it. So cutting work differently never changes a bit.
#ifndef CK_KERNELS_H
#define CK_KERNELS_H

#include <stddef.h>

#include "CKReference.h"

/// The scale c of SiLU's argument, −4 · log2 e: with x' = c · x, e^−x is 2^(x' / 4), and no multiplication is left.
#define CK_SILU_SCALE (-5.770780163555853)

/// The most values that are added up one after the other: longer sums are made of parts, whose rounding errors are smaller.
#define CK_SUM_MAX 128

/// A pointwise convolution of some pixels into one panel of `width` output channels, or any product of that form:
/// output[m][j] = bias[j] + sum over k of input[m][k] * weight[k][j] + residual[m][j].
///
/// k runs over `blocks` pieces of `block_channels` values; a piece's values are neighbours, pieces lie `block_stride`
/// apart. So the same kernel reads NHWC (one piece), blocked tensors, and the patches of a dense convolution.
/// Nothing needs alignment (a cache line's is faster). `output` may be `residual`, but not `input`.
typedef struct {
    const float *input;        ///< first value of the first pixel
    ptrdiff_t input_stride;    ///< floats from one pixel to the next
    int blocks;                ///< pieces of the sum
    int block_channels;        ///< values of a piece
    ptrdiff_t block_stride;    ///< floats from one piece to the next
    const float *weight;       ///< [blocks * block_channels][width]
    const float *bias;         ///< [width]; NULL: the sum is added to what `output` holds, and there is no residual
    const float *residual;     ///< added at the end, strides as `output`; may be NULL
    float *output;             ///< first value of the first pixel
    ptrdiff_t output_stride;   ///< floats from one pixel to the next
    int pixels;                ///< how many
    const void *prefetch;      ///< where the next panel's weights lie; NULL: unknown
    size_t prefetch_bytes;     ///< how many bytes of them to ask for
} ck_pointwise;

/// One row of a depthwise convolution over one block: output[x][c] = bias[c] + sum over the window's taps.
typedef struct {
    const float *rows[5];      ///< `kernel` rows of the input, each with its padding: [(outputs-1)*stride + kernel][width]
    const float *weight;       ///< [kernel * kernel][width]
    const float *bias;         ///< [width]
    float *output;             ///< [outputs][width]
    int outputs;               ///< pixels of the row
    int width;                 ///< channels of the block: one of the table's widths
    int kernel;                ///< 3 or 5
    int stride;                ///< 1 or 2
} ck_depthwise;

/// The most panel widths of a table, and the widest.
#define CK_WIDTHS_MAX 8
#define CK_WIDTH_MAX 48

/// A table of kernels. All are pure functions of their arguments.
typedef struct {
    const char *name;          ///< "scalar", "avx2", "avx512", "neon"

    int widths[CK_WIDTHS_MAX]; ///< the panel widths, largest first, then zeros; 8 is always among them

    void (*pointwise)(const ck_pointwise *, int width);

    void (*depthwise)(const ck_depthwise *);

    /// x' / (1 + 2^(x'/4)) in place, which is c · SiLU(x) for x' = c · x; count is a multiple of 8.
    ///
    /// Relative error at most 3e-7 for |x| <= 80; beyond, absolute error at most 1e-33 · |x| (below) or one rounding
    /// (above). +inf stays +inf, -inf stays -inf (not 0), NaN stays NaN, all in terms of x.
    void (*silu)(float *x, size_t count);

    /// The same from `input` to `output`, [pixels][width]; adds each channel's outputs to `sums` [width].
    void (*silu_sum)(const float *input, float *output, int pixels, int width, float *sums);

    /// 1 / (1 + 2^(x'/4)) in place, which is the sigmoid of x; count is a multiple of 8.
    void (*sigmoid)(float *x, size_t count);

    /// x [pixels][width] *= scale [width].
    void (*scale)(float *x, int pixels, int width, const float *scale);

    /// output[k][j] = weight[k][j] * scale[k].
    void (*scale_rows)(const float *weight, float *output, int rows, int width, const float *scale);

    /// Does nothing but multiply and add in registers, `rounds` times; returns how many floating-point operations that
    /// was. Its speed is the peak that the other kernels are measured against.
    double (*peak)(long rounds);
} ck_kernels;

/// The table of that name; NULL when there is none or this CPU cannot run it.
const ck_kernels *ck_kernels_named(const char *name);

/// The fastest table that this CPU can run.
const ck_kernels *ck_kernels_best(void);

#endif
