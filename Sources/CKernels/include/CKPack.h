// Weights into the layouts of the kernels, once at load.
#ifndef CK_PACK_H
#define CK_PACK_H

#include <stddef.h>

/// One panel: packed[k][j] = weight[first + j][k]; zero where first + j >= outputs.
///
/// `weight` has rows of `inputs` values that lie `row_stride` apart; `packed` is [inputs][width].
void ck_pack_panel(const float *weight, ptrdiff_t row_stride, int outputs, int inputs, int first, int width,
                   float *packed);

/// Depthwise weights: packed[c / width][tap][c % width] = weight[c][tap]; channels is a multiple of width.
void ck_pack_depthwise(const float *weight, int channels, int taps, int width, float *packed);

#endif
