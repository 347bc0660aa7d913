// Operations over several kernels that keep their intermediate rows in the cache. Portable: the table does the arithmetic.
#ifndef CK_FUSED_H
#define CK_FUSED_H

#include "CKKernels.h"

/// Expansion and depthwise convolution of one block of channels over some bands of rows, with SiLU after both:
/// the expanded rows live in a ring of `window.kernel` rows and are never written to memory as a whole.
///
/// Bands are the unit of the sums for squeeze and excite: `bands` of them cut the output's rows evenly, and each has a sum
/// of its own. So the sums have the same bits however many bands one call takes.
///
/// The rows that enter the depthwise convolution come from one of three sources:
///   expand_weight and no stem  a pointwise convolution of `input` [side][side][input_channels]
///   stem.kernel > 0            the first convolution, of the image `input` [stem.input_side][stem.input_side][3]
///   neither                    channels first_channel … of `input`, as they are
/// All values are scaled by CK_SILU_SCALE from the first SiLU on (see kernels).
typedef struct {
    ck_window window;              ///< of the depthwise convolution
    ck_window stem;                ///< of the first convolution; kernel 0: there is none
    int width;                     ///< channels of the block: one of the table's widths
    const float *input;            ///< see above
    int input_channels;            ///< channels of a pixel of `input`
    int first_channel;             ///< first channel of the block, where rows are copied
    const float *expand_weight;    ///< [input_channels or 27][width]; NULL: rows are copied
    const float *expand_bias;      ///< [width]
    const float *depthwise_weight; ///< [kernel * kernel][width]
    const float *depthwise_bias;   ///< [width]
    int bands;                     ///< bands that cut all rows of the output
    int first_band;                ///< first band of this call
    int end_band;                  ///< the band after its last
    float *output;                 ///< [output_side][output_side][width]
    float *sums;                   ///< [end_band - first_band][width]: the sums of the outputs of each band; overwritten
    float *scratch;                ///< ck_expand_depthwise_scratch floats, aligned to 64 bytes, any content
    const void *prefetch;          ///< weights that will be wanted next, or NULL
    size_t prefetch_bytes;
} ck_expand_depthwise;

/// The first output row of a band.
static inline int ck_band_row(const ck_expand_depthwise *operation, int band) {
    return operation->window.output_side * band / operation->bands;
}

/// How many floats of scratch memory an operation needs.
size_t ck_expand_depthwise_scratch(const ck_window *window, const ck_window *stem, int width);

/// Runs it.
void ck_expand_depthwise_run(const ck_kernels *kernels, const ck_expand_depthwise *operation);

#endif
