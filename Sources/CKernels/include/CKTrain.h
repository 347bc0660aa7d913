// What training does between the matrix products: the memory-bound passes, fused so that each tensor is read and
// written as few times as the arithmetic allows. NHWC throughout: `rows` pixels of `C` channels, dense, row-major.
//
// Names: z is the output of a convolution, v = a z + b the batch normalisation folded to a scale and a shift per
// channel, silu(v) = v / (1 + e^-v) its activation. A leading d is the loss's gradient of what follows. Sums go to
// double: float partial sums of at most 64 rows are added to them, so that the error does not grow with the image.
//
// Arrays do not overlap unless a function says so. C is at most CK_TRAIN_CHANNELS_MAX. Nothing allocates.
#ifndef CK_TRAIN_H
#define CK_TRAIN_H

#include <stddef.h>

/// The most channels of a tensor; B7's widest has 3840.
#define CK_TRAIN_CHANNELS_MAX 4096
/// The widest depthwise window.
#define CK_TRAIN_KERNEL_MAX 5

/// One implementation of every pass. Any two tables give the same within rounding; one table gives the same bits for
/// the same input every time.
typedef struct {
    /// "avx512", "avx2", "generic" or "reference".
    const char *name;

    /// Adds rows to a running mean and sum of squared deviations per channel (Chan, Golub and LeVeque 1983).
    /// `mean` [C] and `m2` [C] describe `count` rows before and `count` + `rows` after.
    void (*moments)(size_t rows, size_t C, const float *z, double count, double *mean, double *m2);

    /// out = silu(a z + b), times `scale` [C] unless that is null. `out` may be `z`.
    void (*activate)(size_t rows, size_t C, const float *z, const float *a, const float *b, const float *scale,
                     float *out);

    /// sum [C] += silu(a z + b) over the rows.
    void (*activate_sum)(size_t rows, size_t C, const float *z, const float *a, const float *b, double *sum);

    /// sum [C] += gradient * x over the rows; then x *= scale [C].
    void (*dot_then_scale)(size_t rows, size_t C, float *x, const float *gradient, const float *scale,
                           double *sum);

    /// dv = (du * scale + offset) * silu'(a z + b); sum [C] += dv; sum_z [C] += dv * (z - mean).
    /// `du` null counts as 0, `scale` [C] null as 1, `offset` [C] null as 0. `dv` may be `du`.
    void (*activation_gradient)(size_t rows, size_t C, const float *z, const float *a, const float *b,
                                const float *mean, const float *du, const float *scale, const float *offset,
                                float *dv, double *sum, double *sum_z);

    /// sum [C] += factor * dv; sum_z [C] += factor * dv * (z - mean).
    void (*gradient_sums)(size_t rows, size_t C, const float *z, const float *mean, const float *dv, float factor,
                          double *sum, double *sum_z);

    /// out = alpha dv + beta z + delta, each [C]: the gradient through a batch normalisation. `out` may be `dv`.
    void (*combine)(size_t rows, size_t C, const float *dv, const float *z, const float *alpha, const float *beta,
                    const float *delta, float *out);

    /// out = a z + b, plus `residual` unless that is null. `out` may be `residual`.
    void (*affine)(size_t rows, size_t C, const float *z, const float *a, const float *b, const float *residual,
                   float *out);

    /// One output row of a depthwise convolution. `rows` [kernel]: padded input rows of (W - 1) * stride + kernel
    /// pixels, null for a row of zeros; `weight` [kernel][kernel][C]; `out` [W][C].
    void (*depthwise)(int kernel, int stride, size_t W, size_t C, const float *const *rows, const float *weight,
                      float *out);

    /// One row of the gradient of a depthwise convolution's input. `rows` [kernel]: for each row of the window, the
    /// output gradient's row that it met, with kernel - 1 pixels of zeros on either side, or null; `before`: columns
    /// of padding before the image; `W`: width of the input; `out` [W][C].
    void (*depthwise_input_gradient)(int kernel, int stride, int before, size_t W, size_t C,
                                     const float *const *rows, const float *weight, float *out);

    /// dweight [kernel][C] += what one row of the input, padded as for `depthwise`, and one row `dout` [W][C] of the
    /// output's gradient say about one row of the window.
    void (*depthwise_weight_gradient)(int kernel, int stride, size_t W, size_t C, const float *row,
                                      const float *dout, float *dweight);

    /// One step of AdamW (Loshchilov and Hutter 2019): weight -= rate * (decay * weight + m' / (sqrt(v') + epsilon)),
    /// where m' and v' are the moments divided by `correction1` and `correction2`.
    void (*adamw)(size_t count, float *weight, const float *gradient, float *m, float *v, float rate, float decay,
                  float beta1, float beta2, float correction1, float correction2, float epsilon);

    /// One step of gradient descent with momentum as PyTorch's: v = momentum v + g + decay w; w -= rate v, or with
    /// `nesterov` w -= rate (g + decay w + momentum v).
    void (*momentum)(size_t count, float *weight, const float *gradient, float *v, float rate, float decay,
                     float momentum, int nesterov);
} ck_train_kernels;

/// The fastest table that this processor runs.
const ck_train_kernels *ck_train_best(void);

/// The table of that name; null where there is none or the processor lacks what it needs.
const ck_train_kernels *ck_train_named(const char *name);

#endif
