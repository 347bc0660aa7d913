// The training passes as one would write them down: one loop a formula, in double. What the fast tables are held
// against, for ever.
#include "CKTrain.h"

#include <math.h>

static double sigmoid(double v) { return 1 / (1 + exp(-v)); }
static double silu(double v) { return v * sigmoid(v); }
static double silu_slope(double v) { return sigmoid(v) * (1 + v * (1 - sigmoid(v))); }

static void moments(size_t rows, size_t C, const float *z, double count, double *mean, double *m2) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < C; c++) {
            // Welford's update, one row at a time.
            const double delta = z[r * C + c] - mean[c];
            mean[c] += delta / (count + (double)r + 1);
            m2[c] += delta * (z[r * C + c] - mean[c]);
        }
}

static void activate(size_t rows, size_t C, const float *z, const float *a, const float *b, const float *scale,
                     float *out) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < C; c++)
            out[r * C + c] = (float)(silu((double)a[c] * z[r * C + c] + b[c]) * (scale ? scale[c] : 1));
}

static void activate_sum(size_t rows, size_t C, const float *z, const float *a, const float *b, double *sum) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < C; c++) sum[c] += silu((double)a[c] * z[r * C + c] + b[c]);
}

static void dot_then_scale(size_t rows, size_t C, float *x, const float *gradient, const float *scale,
                           double *sum) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < C; c++) {
            sum[c] += (double)gradient[r * C + c] * x[r * C + c];
            x[r * C + c] *= scale[c];
        }
}

static void activation_gradient(size_t rows, size_t C, const float *z, const float *a, const float *b,
                                const float *mean, const float *du, const float *scale, const float *offset,
                                float *dv, double *sum, double *sum_z) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < C; c++) {
            const size_t i = r * C + c;
            const double upstream = (du ? du[i] : 0.0) * (scale ? scale[c] : 1.0) + (offset ? offset[c] : 0.0);
            const double g = upstream * silu_slope((double)a[c] * z[i] + b[c]);
            dv[i] = (float)g;
            sum[c] += g;
            sum_z[c] += g * ((double)z[i] - mean[c]);
        }
}

static void gradient_sums(size_t rows, size_t C, const float *z, const float *mean, const float *dv, float factor,
                          double *sum, double *sum_z) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < C; c++) {
            const double g = (double)factor * dv[r * C + c];
            sum[c] += g;
            sum_z[c] += g * ((double)z[r * C + c] - mean[c]);
        }
}

static void combine(size_t rows, size_t C, const float *dv, const float *z, const float *alpha, const float *beta,
                    const float *delta, float *out) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < C; c++) {
            const size_t i = r * C + c;
            out[i] = (float)((double)alpha[c] * dv[i] + (double)beta[c] * z[i] + delta[c]);
        }
}

static void affine(size_t rows, size_t C, const float *z, const float *a, const float *b, const float *residual,
                   float *out) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < C; c++) {
            const size_t i = r * C + c;
            out[i] = (float)((double)a[c] * z[i] + b[c] + (residual ? residual[i] : 0.0));
        }
}

static void depthwise(int kernel, int stride, size_t W, size_t C, const float *const *rows, const float *weight,
                      float *out) {
    for (size_t x = 0; x < W; x++)
        for (size_t c = 0; c < C; c++) {
            double sum = 0;
            for (int ky = 0; ky < kernel; ky++)
                for (int kx = 0; kx < kernel && rows[ky]; kx++) {
                    const size_t column = x * (size_t)stride + (size_t)kx;
                    sum += (double)rows[ky][column * C + c] * weight[(size_t)(ky * kernel + kx) * C + c];
                }
            out[x * C + c] = (float)sum;
        }
}

static void depthwise_input_gradient(int kernel, int stride, int before, size_t W, size_t C,
                                     const float *const *rows, const float *weight, float *out) {
    for (size_t x = 0; x < W; x++)
        for (size_t c = 0; c < C; c++) {
            double sum = 0;
            for (int ky = 0; ky < kernel; ky++)
                for (int kx = 0; kx < kernel && rows[ky]; kx++) {
                    const int met = (int)x + before - kx;
                    if (met % stride != 0) continue;
                    const size_t column = (size_t)(met / stride + kernel - 1);
                    sum += (double)rows[ky][column * C + c] * weight[(size_t)(ky * kernel + kx) * C + c];
                }
            out[x * C + c] = (float)sum;
        }
}

static void depthwise_weight_gradient(int kernel, int stride, size_t W, size_t C, const float *row,
                                      const float *dout, float *dweight) {
    for (int kx = 0; kx < kernel; kx++)
        for (size_t c = 0; c < C; c++) {
            double sum = 0;
            for (size_t x = 0; x < W; x++)
                sum += (double)row[(x * (size_t)stride + (size_t)kx) * C + c] * dout[x * C + c];
            dweight[(size_t)kx * C + c] += (float)sum;
        }
}

static void adamw(size_t count, float *weight, const float *gradient, float *m, float *v, float rate, float decay,
                  float beta1, float beta2, float correction1, float correction2, float epsilon) {
    for (size_t i = 0; i < count; i++) {
        const double g = gradient[i];
        m[i] = (float)((double)beta1 * m[i] + (1 - (double)beta1) * g);
        v[i] = (float)((double)beta2 * v[i] + (1 - (double)beta2) * g * g);
        const double step = (m[i] / (double)correction1) / (sqrt(v[i] / (double)correction2) + epsilon);
        weight[i] = (float)(weight[i] - (double)rate * ((double)decay * weight[i] + step));
    }
}

static void momentum_step(size_t count, float *weight, const float *gradient, float *v, float rate, float decay,
                          float momentum, int nesterov) {
    for (size_t i = 0; i < count; i++) {
        const double g = gradient[i] + (double)decay * weight[i];
        v[i] = (float)((double)momentum * v[i] + g);
        const double step = nesterov ? g + (double)momentum * v[i] : v[i];
        weight[i] = (float)(weight[i] - (double)rate * step);
    }
}

const ck_train_kernels ck_train_table_reference = {
    .name = "reference",
    .moments = moments,
    .activate = activate,
    .activate_sum = activate_sum,
    .dot_then_scale = dot_then_scale,
    .activation_gradient = activation_gradient,
    .gradient_sums = gradient_sums,
    .combine = combine,
    .affine = affine,
    .depthwise = depthwise,
    .depthwise_input_gradient = depthwise_input_gradient,
    .depthwise_weight_gradient = depthwise_weight_gradient,
    .adamw = adamw,
    .momentum = momentum_step,
};
