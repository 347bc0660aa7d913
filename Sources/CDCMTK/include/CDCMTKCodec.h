// Decoders of one compressed frame. Each writes cells of the asked width, row by row, the samples of a pixel
// together, in this machine's byte order, and only within the output; a frame that cannot be decoded whole is a
// failure, and what the output then holds means nothing.
#ifndef CDCMTK_CODEC_H
#define CDCMTK_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CDCMTKStatus.h"

#ifdef __cplusplus
extern "C" {
#endif

// What the object says about the frame. A codestream that says otherwise is refused.
typedef struct {
    uint32_t rows;
    uint32_t columns;
    uint32_t samples_per_pixel;
    uint32_t cell_bytes;  // of an output sample: 1, 2 or 4; the codestream's samples must fit
} cdcmtk_frame_shape;

// What a codestream of three components says by marks of its own that they are.
typedef enum {
    CDCMTK_COLOURS_UNSAID = 0,  // nothing: the object's Photometric Interpretation holds
    CDCMTK_COLOURS_RGB = 1,     // JPEG with components named R, G and B
    CDCMTK_COLOURS_YBR = 2,     // JPEG with a JFIF header, which allows no other colours
} cdcmtk_colours;

// What the codestream says about itself.
typedef struct {
    uint32_t precision;         // bits of a sample
    bool is_signed;             // whether its samples are two's complement; only JPEG 2000 has such
    bool is_lossy;              // whether the samples are only nearly those that were coded
    bool colours_transformed;   // whether a transform of the coding (YBR_RCT, YBR_ICT) was undone: samples are RGB
    cdcmtk_colours colours;     // only JPEG says it
} cdcmtk_codestream;

// The bytes of a frame of this shape; what `output` must have room for.
static inline size_t cdcmtk_frame_bytes(cdcmtk_frame_shape shape) {
    return (size_t)shape.rows * shape.columns * shape.samples_per_pixel * shape.cell_bytes;
}

// RLE (PS3.5 annex G).
cdcmtk_status cdcmtk_decode_rle(
    const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, uint8_t *output, cdcmtk_codestream *codestream);

// JPEG (ITU-T T.81): baseline, extended, progressive and lossless Huffman coding; through DCMTK's IJG libraries.
cdcmtk_status cdcmtk_decode_jpeg(
    const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, uint8_t *output, cdcmtk_codestream *codestream);

// JPEG-LS (ITU-T T.87), lossless and near-lossless.
cdcmtk_status cdcmtk_decode_jpegls(
    const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, uint8_t *output, cdcmtk_codestream *codestream);

// JPEG 2000 (ITU-T T.800) and HTJ2K (T.814), with up to `threads` threads; through OpenJPEG. Signed samples come
// sign extended to the cell.
cdcmtk_status cdcmtk_decode_jpeg2000(
    const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, int threads, uint8_t *output,
    cdcmtk_codestream *codestream);

#ifdef __cplusplus
}
#endif

#endif
