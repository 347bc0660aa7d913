// The operations between the matrix products of the reference network: plain loops over NHWC that one can check
// by reading. H, W, C: height, width, channels; all arrays are dense, inputs and outputs do not overlap.
#ifndef CK_REFERENCE_H
#define CK_REFERENCE_H

#include <stddef.h>

/// e^x within 2 units in the last place for |x| <= 87; clamped beyond, so never infinite; NaN stays NaN.
float ck_reference_exp(float x);

/// x[i] = x[i] / (1 + e^-x[i]) in place.
void ck_reference_silu(float *x, size_t count);

/// x[i] = 1 / (1 + e^-x[i]) in place.
void ck_reference_sigmoid(float *x, size_t count);

/// A square window that slides over an image. Padding before the first row and column may differ from what
/// follows the last one; the output size says where the window stops.
typedef struct {
    int kernel;          ///< side of the window
    int stride;          ///< step, in both directions
    int pad_before;      ///< rows above and columns left of the image that count as zero
    int input_side;      ///< height and width of the input
    int output_side;     ///< height and width of the output
} ck_window;

/// One row of a depthwise convolution: `output` [W][C] = bias + the sum over the window's taps.
/// `input` [H][W][C], `weight` [kernel][kernel][C].
void ck_reference_depthwise_row(const ck_window *window, int output_row, int channels, const float *input,
                                const float *weight, const float *bias, float *output);

/// One row of patches for a dense convolution as a matrix product: `patches` [W out][kernel][kernel][C].
void ck_reference_patches_row(const ck_window *window, int output_row, int channels, const float *input,
                              float *patches);

/// Mean over the pixels: `mean` [C] of `input` [pixels][C]; summed in double.
void ck_reference_mean(const float *input, size_t pixels, int channels, float *mean);

/// `x` [pixels][C] *= scale [C].
void ck_reference_scale(float *x, size_t pixels, int channels, const float *scale);

/// `x` [pixels][C] = bias [C] in every pixel: what a matrix product then adds to.
void ck_reference_fill(float *x, size_t pixels, int channels, const float *bias);

/// sums[m] += the sum over c of x[m][c] * weight[c], for `x` [pixels][C].
void ck_reference_weighted_sums(const float *x, size_t pixels, int channels, const float *weight, float *sums);

/// x[i] += y[i].
void ck_reference_add(float *x, const float *y, size_t count);

#endif
