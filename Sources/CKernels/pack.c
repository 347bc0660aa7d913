#include "CKPack.h"

void ck_pack_panel(const float *weight, ptrdiff_t row_stride, int outputs, int inputs, int first, int width,
                   double scale, float *packed) {
    for (int k = 0; k < inputs; k++)
        for (int j = 0; j < width; j++)
            packed[(ptrdiff_t)k * width + j] =
                first + j < outputs ? (float)(weight[(first + j) * row_stride + k] * scale) : 0.0f;
}

void ck_pack_depthwise(const float *weight, int channels, int taps, int width, double scale, float *packed) {
    for (int c = 0; c < channels; c++)
        for (int tap = 0; tap < taps; tap++)
            packed[(c / width * taps + tap) * width + c % width] = (float)(weight[c * taps + tap] * scale);
}

void ck_pack_scaled(const float *x, size_t count, double scale, float *scaled) {
    for (size_t i = 0; i < count; i++) scaled[i] = (float)(x[i] * scale);
}
