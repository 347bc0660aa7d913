// The kernels of one table, in terms of the vectors that the including file has defined (vector_*.h), and of
//   KERNEL(name)   the name of a function of this table
//   STEP_FENCE(weight, last)   between two steps of a product's sum: the next weights, the last sum of this step
//   WIDTH_MAX      its widest panel
//   POINTWISE_CASES   for each of its panel widths POINTWISE_CASE(width, pixels of a register tile)
// Loops over registers are unrolled by the compiler: their bounds are constants after inlining.

#include <string.h>

#include "CKKernels.h"

#define UNROLL _Pragma("GCC unroll 48")

// A table without half vectors never meets a width that ends in one.
#ifndef PART
#define PART L
typedef vector part;
#define p_load v_load
#define p_store v_store
#define p_fma v_fma
#define p_add v_add
#define p_zero() v_all(0)
#define v_load_part v_load
#define v_store_part v_store
#endif
#define HAS_PART(width) (PART < L && (width) % L != 0)
enum { VECTORS_MAX = WIDTH_MAX / L };

// ---- SiLU and sigmoid ------------------------------------------------------------------------------------------

// 2^(x/4) + 1 for x clamped to ±500, x being c times SiLU's argument. With n the nearest multiple of the table's step and
// f = x − n: 2^(n/4) · p(f), p a minimax polynomial of 2^(f/4): cubic on |f| <= 1/4 (relative error 3e-8), quadratic on
// |f| <= 1/16 (5e-8); the rest of the error is rounding, which averages out where the polynomial's error does not. NaN
// becomes a number here and comes back through the numerator.
INLINE vector one_plus_power(vector x) {
    const vector magic = v_all(0x1.8p23f * 4 / POWER_STEPS);
    const vector clamped = v_clamp(x, 500.0f);
    const vector z = v_add(clamped, magic);
    const vector f = v_sub(clamped, v_sub(z, magic));
#if POWER_STEPS == 8
    vector p = v_fma(f, v_all(0x1.c6a004p-11f), v_all(0x1.ec0c38p-7f));
    p = v_fma(p, f, v_all(0x1.62e430p-3f));
#else
    vector p = v_fma(f, v_all(0x1.ebfbep-7f), v_all(0x1.62e584p-3f));
#endif
    p = v_fma(p, f, v_all(1.0f));
    return v_fma(p, v_power(z), v_all(1.0f));
}

INLINE vector silu_of(vector x) { return v_div(x, one_plus_power(x)); }

// Three vectors at a time, a pixel of the widest panel: with four, AVX2's registers do not hold them and the constants.
static void KERNEL(silu)(float *x, size_t count) {
    size_t i = 0;
    for (; i + 3 * L <= count; i += 3 * L) {
        vector d[3];
        UNROLL for (int v = 0; v < 3; v++) d[v] = one_plus_power(v_load(x + i + v * L));
        UNROLL for (int v = 0; v < 3; v++) v_store(x + i + v * L, v_div(v_load(x + i + v * L), d[v]));
    }
    for (; i + L <= count; i += L) v_store(x + i, silu_of(v_load(x + i)));
    if (i < count) v_store_part(x + i, silu_of(v_load_part(x + i)));
}

INLINE void silu_sum(const int width, const float *input, float *output, int pixels, float *sums) {
    vector sum[VECTORS_MAX];
    const int vectors = width / L;
    UNROLL for (int v = 0; v < vectors; v++) sum[v] = v_load(sums + v * L);
    for (int m = 0; m < pixels; m++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            const vector y = silu_of(v_load(input + m * width + v * L));
            v_store(output + m * width + v * L, y);
            sum[v] = v_add(sum[v], y);
        }
    }
    UNROLL for (int v = 0; v < vectors; v++) v_store(sums + v * L, sum[v]);
    if (!HAS_PART(width)) return;
    const int c = vectors * L;
    vector last = v_load_part(sums + c);
    for (int m = 0; m < pixels; m++) {
        const vector y = silu_of(v_load_part(input + m * width + c));
        v_store_part(output + m * width + c, y);
        last = v_add(last, y);
    }
    v_store_part(sums + c, last);
}

#define SILU_SUM_CASE(WIDTH) \
    case WIDTH: if (WIDTH <= WIDTH_MAX) silu_sum(WIDTH, input, output, pixels, sums); break;

static void KERNEL(silu_sum)(const float *input, float *output, int pixels, int width, float *sums) {
    switch (width) {
        SILU_SUM_CASE(48) SILU_SUM_CASE(40) SILU_SUM_CASE(32) SILU_SUM_CASE(24) SILU_SUM_CASE(16) SILU_SUM_CASE(8)
    }
}

static void KERNEL(sigmoid)(float *x, size_t count) {
    size_t i = 0;
    for (; i + L <= count; i += L) v_store(x + i, v_div(v_all(1.0f), one_plus_power(v_load(x + i))));
    if (i < count) v_store_part(x + i, v_div(v_all(1.0f), one_plus_power(v_load_part(x + i))));
}

// ---- Pointwise convolution -------------------------------------------------------------------------------------

typedef struct {
    const char *next;      // the two lines to ask for next
    ptrdiff_t step;        // 128, or 0 when there is nothing (more) to ask for
} prefetch_state;

// Where the pixels of a tile have their next value: every third pixel's place, the two after it being one and two strides
// on, which is an address that x86 computes in the load. With a place for every pixel, or strides that the compiler
// chooses, the addresses do not fit into the registers.
#define ROWS_MAX 16
typedef struct {
    const float *third[(ROWS_MAX + 2) / 3];
    ptrdiff_t stride;
} places;

INLINE void advance(const int rows, places *input, ptrdiff_t floats) {
    UNROLL for (int i = 0; i < (rows + 2) / 3; i++) {
        input->third[i] += floats;
        __asm__("" : "+r"(input->third[i]));  // not to be derived from one another
    }
}

// One step of a tile's sums: the products with one row of weights, k values after the places.
INLINE void step(const int rows, const int width, const places *input, int k, const float *weight,
                 vector sum[][VECTORS_MAX], part last[]) {
    const int vectors = width / L;
    vector w[VECTORS_MAX];
    UNROLL for (int v = 0; v < vectors; v++) w[v] = v_load(weight + v * L);
    const part rest = HAS_PART(width) ? p_load(weight + vectors * L) : p_load(weight);
    UNROLL for (int m = 0; m < rows; m++) {
        const vector x = v_broadcast(input->third[m / 3] + m % 3 * input->stride + k);
        UNROLL for (int v = 0; v < vectors; v++) sum[m][v] = v_fma(x, w[v], sum[m][v]);
        if (HAS_PART(width)) last[m] = p_fma(x, rest, last[m]);
    }
}

// The sums of a tile, and where they go.
typedef struct {
    vector sum[ROWS_MAX][VECTORS_MAX];
    part last[ROWS_MAX];
    float *output;
    const float *added;    // what is added at the next store: the residual, or what `output` holds; NULL: nothing
    ptrdiff_t stride;      // of both
} tile_sums;

// Puts the sums away, and starts again from nought with the output to be added.
INLINE void put_away(const int rows, const int width, tile_sums *s) {
    const int vectors = width / L;
    UNROLL for (int m = 0; m < rows; m++) {
        float *output = s->output + m * s->stride;
        UNROLL for (int v = 0; v < vectors; v++) {
            if (s->added) s->sum[m][v] = v_add(s->sum[m][v], v_load(s->added + m * s->stride + v * L));
            v_store(output + v * L, s->sum[m][v]);
            s->sum[m][v] = v_all(0);
        }
        if (!HAS_PART(width)) continue;
        if (s->added) s->last[m] = p_add(s->last[m], p_load(s->added + m * s->stride + vectors * L));
        p_store(output + vectors * L, s->last[m]);
        s->last[m] = p_zero();
    }
    s->added = s->output;
}

// One register tile: `rows` pixels by `width` channels, summed over all k. At most CK_SUM_MAX values are added up before
// the sums are put away: the rounding errors of a sum grow with the size of what it has reached.
INLINE void tile(const int rows, const int width, const ck_pointwise *a, ptrdiff_t pixel, prefetch_state *ahead) {
    const int vectors = width / L;
    const float *weight = a->weight;
    places input = {.stride = a->input_stride};
    UNROLL for (int i = 0; i < (rows + 2) / 3; i++) input.third[i] = a->input + (pixel + 3 * i) * a->input_stride;
    tile_sums s = {.output = a->output + pixel * a->output_stride, .stride = a->output_stride};
    s.added = a->bias ? (a->residual ? a->residual + pixel * a->output_stride : NULL) : s.output;
    UNROLL for (int m = 0; m < rows; m++) {
        UNROLL for (int v = 0; v < vectors; v++) s.sum[m][v] = a->bias ? v_load(a->bias + v * L) : v_all(0);
        if (HAS_PART(width)) s.last[m] = a->bias ? p_load(a->bias + vectors * L) : p_zero();
    }
    const int chunks = (a->block_channels + CK_SUM_MAX - 1) / CK_SUM_MAX;
    const int chunk = ((a->block_channels + chunks - 1) / chunks + 3) / 4 * 4;
    int room = CK_SUM_MAX;
    for (int piece = 0; piece < a->blocks; piece++) {
        for (int left = a->block_channels; left > 0; left -= chunk) {
            int k = left < chunk ? left : chunk;
            if (room < k) {
                put_away(rows, width, &s);
                room = CK_SUM_MAX;
            }
            room -= k;
            for (; k >= 4; k -= 4) {
                // Two lines for four steps: as much as eight tiles of a panel of 48 channels read is the next panel.
                v_prefetch(ahead->next);
                v_prefetch(ahead->next + 64);
                ahead->next += ahead->step;
                UNROLL for (int u = 0; u < 4; u++, weight += width) {
                    step(rows, width, &input, u, weight, s.sum, s.last);
                    STEP_FENCE(weight, s.sum[rows - 1][vectors - 1]);
                }
                advance(rows, &input, 4);
            }
            for (; k > 0; k--, weight += width) {
                step(rows, width, &input, 0, weight, s.sum, s.last);
                advance(rows, &input, 1);
            }
        }
        advance(rows, &input, a->block_stride - a->block_channels);
    }
    put_away(rows, width, &s);
}

#define TAIL(ROWS) case ROWS: if (ROWS < rows) tile(ROWS, width, a, pixel, &ahead); break;

// All pixels: whole tiles, then one tile of what is left.
INLINE void pointwise(const int width, const int rows, const ck_pointwise *a) {
    const char *end = (const char *)a->prefetch + a->prefetch_bytes;
    prefetch_state ahead = {a->prefetch ? a->prefetch : (const char *)a->weight, a->prefetch ? 128 : 0};
    ptrdiff_t pixel = 0;
    for (; pixel + rows <= a->pixels; pixel += rows) {
        tile(rows, width, a, pixel, &ahead);
        if (ahead.next >= end) ahead.step = 0;
    }
    switch (a->pixels - pixel) {
        TAIL(1) TAIL(2) TAIL(3) TAIL(4) TAIL(5) TAIL(6) TAIL(7) TAIL(8) TAIL(9) TAIL(10) TAIL(11) TAIL(12) TAIL(13)
        TAIL(14) TAIL(15)
    }
}

#define POINTWISE_CASE(WIDTH, ROWS) case WIDTH: pointwise(WIDTH, ROWS, a); break;

static void KERNEL(pointwise)(const ck_pointwise *a, int width) {
    switch (width) { POINTWISE_CASES }
}

// ---- Depthwise convolution -------------------------------------------------------------------------------------

// `outputs` neighbouring pixels of one vector of channels. With stride 1 each input is loaded once and used for every tap
// it meets; the taps of one output come in the same order either way.
INLINE void depthwise_tile(const int kernel, const int stride, const int outputs, const int width, const int is_part,
                           const ck_depthwise *a, int x, int channel) {
#define LOAD(p) (is_part ? v_load_part(p) : v_load(p))
    vector sum[8];
    UNROLL for (int t = 0; t < outputs; t++) sum[t] = LOAD(a->bias + channel);
    for (int ky = 0; ky < kernel; ky++) {
        const float *row = a->rows[ky] + (ptrdiff_t)x * stride * width + channel;
        const float *weight = a->weight + ky * kernel * width + channel;
        vector tap[5];
        UNROLL for (int kx = 0; kx < kernel; kx++) tap[kx] = LOAD(weight + kx * width);
        if (stride == 1) {
            UNROLL for (int i = 0; i < outputs + kernel - 1; i++) {
                const vector value = LOAD(row + i * width);
                UNROLL for (int kx = 0; kx < kernel; kx++)
                    if (i - kx >= 0 && i - kx < outputs) sum[i - kx] = v_fma(value, tap[kx], sum[i - kx]);
            }
        } else {
            UNROLL for (int kx = 0; kx < kernel; kx++) UNROLL for (int t = 0; t < outputs; t++)
                sum[t] = v_fma(LOAD(row + (t * stride + kx) * width), tap[kx], sum[t]);
        }
    }
    float *output = a->output + (ptrdiff_t)x * width + channel;
    UNROLL for (int t = 0; t < outputs; t++) {
        if (is_part) v_store_part(output + t * width, sum[t]);
        else v_store(output + t * width, sum[t]);
    }
#undef LOAD
}

#define DEPTHWISE_CASE(T) case T: depthwise_tile(kernel, stride, T, width, is_part, a, x, channel); break;

// One vector of channels of a row in tiles of nearly equal size, at most eight pixels.
INLINE void depthwise_row(const int kernel, const int stride, const int width, const int is_part,
                          const ck_depthwise *a, int channel) {
    const int tiles = (a->outputs + 7) / 8;
    int x = 0;
    for (int i = 0; i < tiles; i++) {
        const int outputs = (a->outputs - x + tiles - i - 1) / (tiles - i);
        switch (outputs) {
            DEPTHWISE_CASE(8) DEPTHWISE_CASE(7) DEPTHWISE_CASE(6) DEPTHWISE_CASE(5)
            DEPTHWISE_CASE(4) DEPTHWISE_CASE(3) DEPTHWISE_CASE(2) DEPTHWISE_CASE(1)
        }
        x += outputs;
    }
}

#define DEPTHWISE(K, S)                                                                                            \
    static void KERNEL(depthwise_##K##_##S)(const ck_depthwise *a) {                                               \
        int channel = 0;                                                                                           \
        for (; channel + L <= a->width; channel += L)                                                              \
            if (a->width == WIDTH_MAX) depthwise_row(K, S, WIDTH_MAX, 0, a, channel);                              \
            else depthwise_row(K, S, a->width, 0, a, channel);                                                     \
        if (channel < a->width) depthwise_row(K, S, a->width, 1, a, channel);                                      \
    }
DEPTHWISE(3, 1)
DEPTHWISE(3, 2)
DEPTHWISE(5, 1)
DEPTHWISE(5, 2)

static void KERNEL(depthwise)(const ck_depthwise *a) {
    if (a->kernel == 3) (a->stride == 1 ? KERNEL(depthwise_3_1) : KERNEL(depthwise_3_2))(a);
    else (a->stride == 1 ? KERNEL(depthwise_5_1) : KERNEL(depthwise_5_2))(a);
}

// ---- Squeeze and excite ----------------------------------------------------------------------------------------

static void KERNEL(scale)(float *x, int pixels, int width, const float *scale) {
    for (int m = 0; m < pixels; m++, x += width) {
        int c = 0;
        for (; c + L <= width; c += L) v_store(x + c, v_mul(v_load(x + c), v_load(scale + c)));
        if (c < width) v_store_part(x + c, v_mul(v_load_part(x + c), v_load_part(scale + c)));
    }
}

static void KERNEL(scale_rows)(const float *weight, float *output, int rows, int width, const float *scale) {
    for (int k = 0; k < rows; k++, weight += width, output += width) {
        const vector s = v_all(scale[k]);
        int j = 0;
        for (; j + L <= width; j += L) v_store(output + j, v_mul(v_load(weight + j), s));
        if (j < width) v_store_part(output + j, v_mul(v_load_part(weight + j), s));
    }
}

// ---- Measure ---------------------------------------------------------------------------------------------------

static double KERNEL(peak)(long rounds) {
    enum { CHAINS = 12 };
    vector sum[CHAINS];
    // None starts at 1, where x * 0.999 + 0.001 stays: the compiler folds such a chain away.
    UNROLL for (int i = 0; i < CHAINS; i++) sum[i] = v_all((float)(i + 2));
    const vector a = v_all(0.999f), b = v_all(0.001f);
    for (long round = 0; round < rounds; round++) {
        UNROLL for (int i = 0; i < CHAINS; i++) sum[i] = v_fma(sum[i], a, b);
        __asm__ volatile("");  // a round is a round: no two may become one
    }
    float sink[L];
    UNROLL for (int i = 1; i < CHAINS; i++) sum[0] = v_add(sum[0], sum[i]);
    v_store(sink, sum[0]);
    __asm__ volatile("" : : "r"(sink) : "memory");
    return 2.0 * CHAINS * L * (double)rounds;
}

#define KERNEL_TABLE(NAME, ...)                                                                                    \
    {NAME, {__VA_ARGS__}, KERNEL(pointwise), KERNEL(depthwise), KERNEL(silu), KERNEL(silu_sum), KERNEL(sigmoid),   \
     KERNEL(scale), KERNEL(scale_rows), KERNEL(peak)}
