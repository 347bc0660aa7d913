// libpng's raw sample values in memory, both ways. libpng reports errors with longjmp, which must not cross Swift
// frames, and its simplified interface (which returns codes) converts 16-bit images to linear light: a radiograph's
// values must come and go unchanged. So setjmp and everything it may return to live here, in C.
#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t columns, rows;
    int channels;  // 1 or 3, without transparency
    int bits;      // 8 or 16
} cpng_layout;

// Reading state, kept apart from the frame that calls setjmp so that nothing in it is clobbered.
typedef struct {
    const uint8_t *bytes;
    size_t count, offset;
    char reason[128];
} cpng_input;

static inline void cpng_fail(png_structp png, png_const_charp message) {
    char *reason = (char *)png_get_error_ptr(png);
    strncpy(reason, message, 127);
    reason[127] = 0;
    png_longjmp(png, 1);
}

static inline void cpng_ignore(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static inline void cpng_read_bytes(png_structp png, png_bytep bytes, size_t count) {
    cpng_input *input = (cpng_input *)png_get_io_ptr(png);
    if (count > input->count - input->offset) png_error(png, "the file ends early");
    memcpy(bytes, input->bytes + input->offset, count);
    input->offset += count;
}

// Reads the header and, where `pixels` is not NULL, the samples: interleaved, in machine byte order, palettes looked
// up, fewer than eight bits spread to eight, transparency dropped, no gamma applied. `pixelBytes` must be exactly what
// the layout needs. Returns 1, or 0 with `reason` (128 bytes) filled.
static inline int cpng_read(
    const uint8_t *bytes, size_t count, uint32_t sideMax, cpng_layout *layout, void *pixels, size_t pixelBytes,
    char *reason) {
    cpng_input input = {bytes, count, 0, ""};
    png_infop info = NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, input.reason, cpng_fail, cpng_ignore);
    if (!png || !(info = png_create_info_struct(png))) {
        png_destroy_read_struct(&png, NULL, NULL);
        strcpy(reason, "no memory");
        return 0;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        memcpy(reason, input.reason, sizeof input.reason);
        return 0;
    }
    png_set_read_fn(png, &input, cpng_read_bytes);
    png_set_user_limits(png, sideMax, sideMax);
    png_set_chunk_malloc_max(png, 1 << 20);
    png_read_info(png, info);
    png_set_expand(png);
    png_set_strip_alpha(png);
    png_set_swap(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    layout->columns = png_get_image_width(png, info);
    layout->rows = png_get_image_height(png, info);
    layout->channels = png_get_channels(png, info);
    layout->bits = png_get_bit_depth(png, info);
    size_t rowBytes = png_get_rowbytes(png, info);
    if (pixels) {
        if (pixelBytes != rowBytes * layout->rows) png_error(png, "the samples do not fill the image");
        for (int pass = 0; pass < passes; pass++) {
            for (uint32_t row = 0; row < layout->rows; row++) {
                png_read_row(png, (png_bytep)pixels + row * rowBytes, NULL);
            }
        }
        png_read_end(png, NULL);
    }
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
}

// A file in the making; `bytes` is malloc's and the caller's to free.
typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
    char reason[128];
} cpng_output;

static inline void cpng_write_bytes(png_structp png, png_bytep bytes, size_t count) {
    cpng_output *output = (cpng_output *)png_get_io_ptr(png);
    if (output->capacity - output->count < count) {
        size_t capacity = (output->count + count) * 2;
        uint8_t *grown = (uint8_t *)realloc(output->bytes, capacity);
        if (!grown) png_error(png, "no memory");
        output->bytes = grown;
        output->capacity = capacity;
    }
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

static inline void cpng_flush(png_structp png) { (void)png; }

// Writes interleaved samples in machine byte order. Returns 1, or 0 with `output->reason` filled; `output->bytes` is
// the caller's to free either way.
static inline int cpng_write(const cpng_layout *layout, const void *pixels, cpng_output *output) {
    memset(output, 0, sizeof *output);
    png_infop info = NULL;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, output->reason, cpng_fail, cpng_ignore);
    if (!png || !(info = png_create_info_struct(png))) {
        png_destroy_write_struct(&png, NULL);
        strcpy(output->reason, "no memory");
        return 0;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return 0;
    }
    png_set_write_fn(png, output, cpng_write_bytes, cpng_flush);
    png_set_IHDR(
        png, info, layout->columns, layout->rows, layout->bits,
        layout->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    png_set_swap(png);
    size_t rowBytes = (size_t)layout->columns * layout->channels * (layout->bits / 8);
    for (uint32_t row = 0; row < layout->rows; row++) {
        png_write_row(png, (png_const_bytep)pixels + row * rowBytes);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return 1;
}

#endif
