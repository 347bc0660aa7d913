#include "CKPack.h"

void ck_pack_panel(const float *weight, ptrdiff_t row_stride, int outputs, int inputs, int first, int width,
                   float *packed) {
    for (int k = 0; k < inputs; k++)
        for (int j = 0; j < width; j++)
            packed[(ptrdiff_t)k * width + j] =
                first + j < outputs ? weight[(first + j) * row_stride + k] : 0.0f;
}

void ck_pack_depthwise(const float *weight, int channels, int taps, int width, float *packed) {
    for (int c = 0; c < channels; c++)
        for (int tap = 0; tap < taps; tap++)
            packed[(c / width * taps + tap) * width + c % width] = weight[c * taps + tap];
}
