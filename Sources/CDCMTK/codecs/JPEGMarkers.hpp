// The marker segments that JPEG (ITU-T T.81 B.1) and JPEG-LS (T.87) share.
#ifndef GLENOID_JPEG_MARKERS_HPP
#define GLENOID_JPEG_MARKERS_HPP

#include "../Guard.hpp"

#include "CDCMTKCodec.h"

namespace glenoid {

constexpr uint32_t pixelDataTag = 0x7FE00010;
constexpr uint32_t rowsTag = 0x00280010;
constexpr uint32_t columnsTag = 0x00280011;
constexpr uint32_t samplesPerPixelTag = 0x00280002;
constexpr uint32_t bitsAllocatedTag = 0x00280100;

inline uint32_t bigEndian16(const uint8_t *bytes) { return static_cast<uint32_t>(bytes[0]) << 8 | bytes[1]; }

// A marker and the parameters behind it, without their length.
struct Segment {
    uint8_t marker;
    const uint8_t *bytes;
    size_t count;
};

// Steps over the marker segments before and between scans.
class SegmentReader {
public:
    SegmentReader(const uint8_t *bytes, size_t count) : start(bytes), position(bytes), end(bytes + count) {
        // Tolerated: padding before the start of image, which writers that pad fragments to blocks leave.
        while (end - position >= 2 && !(position[0] == 0xFF && position[1] == 0xD8) && position[0] == 0) ++position;
        if (end - position < 2 || position[0] != 0xFF || position[1] != 0xD8)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "the frame does not begin as a JPEG stream");
        start = position;
        position += 2;
    }

    // The next segment with parameters; the reader stands behind it. Fails at the end of the stream.
    Segment next() {
        for (;;) {
            if (end - position < 2) fail(CDCMTK_BAD_DATA, pixelDataTag, "the JPEG stream ends in its header");
            if (position[0] != 0xFF) fail(CDCMTK_BAD_DATA, pixelDataTag, "the JPEG stream's header is damaged");
            const uint8_t marker = position[1];
            if (marker == 0xFF) {  // fill byte, T.81 B.1.1.2
                ++position;
                continue;
            }
            position += 2;
            if (marker == 0xD9) fail(CDCMTK_BAD_DATA, pixelDataTag, "the JPEG stream ends without an image");
            if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;  // no parameters
            if (end - position < 2) fail(CDCMTK_BAD_DATA, pixelDataTag, "the JPEG stream ends in its header");
            const size_t length = bigEndian16(position);
            if (length < 2 || length > static_cast<size_t>(end - position))
                fail(CDCMTK_BAD_DATA, pixelDataTag, "the JPEG stream has a segment of impossible length");
            const Segment segment{marker, position + 2, length - 2};
            position += length;
            return segment;
        }
    }

    // Whether the end of the image is next.
    bool isAtEndOfImage() const {
        const uint8_t *marker = position;
        while (end - marker >= 2 && marker[0] == 0xFF && marker[1] == 0xFF) ++marker;
        return end - marker >= 2 && marker[0] == 0xFF && marker[1] == 0xD9;
    }

    // Where the start of image is.
    const uint8_t *beginning() const { return start; }

    // Where the entropy-coded data behind a start of scan begins.
    const uint8_t *here() const { return position; }

    // Goes on behind the entropy-coded data.
    void continueAt(const uint8_t *where) { position = where; }

private:
    const uint8_t *start;
    const uint8_t *position;
    const uint8_t *end;
};

// A start of frame: the size and form of the image.
struct FrameHeader {
    uint32_t precision, rows, columns, components;
};

// Reads a start of frame and refuses one that contradicts the object.
inline FrameHeader frameHeader(const Segment &segment, cdcmtk_frame_shape shape) {
    if (segment.count < 6) fail(CDCMTK_BAD_DATA, pixelDataTag, "the JPEG stream's frame header is too short");
    const FrameHeader header{
        segment.bytes[0], bigEndian16(segment.bytes + 1), bigEndian16(segment.bytes + 3), segment.bytes[5]};
    if (segment.count < 6 + 3 * static_cast<size_t>(header.components))
        fail(CDCMTK_BAD_DATA, pixelDataTag, "the JPEG stream's frame header is too short");
    if (header.rows != shape.rows)
        fail(CDCMTK_BAD_DATA, rowsTag, "is %u, the compressed frame has %u", shape.rows, header.rows);
    if (header.columns != shape.columns)
        fail(CDCMTK_BAD_DATA, columnsTag, "is %u, the compressed frame has %u", shape.columns, header.columns);
    if (header.components != shape.samples_per_pixel)
        fail(CDCMTK_BAD_DATA, samplesPerPixelTag, "is %u, the compressed frame has %u", shape.samples_per_pixel,
             header.components);
    if (header.precision < 2 || header.precision > 16 || (header.precision + 7) / 8 > shape.cell_bytes)
        fail(CDCMTK_BAD_DATA, bitsAllocatedTag, "is %u, the compressed frame has samples of %u bits",
             shape.cell_bytes * 8, header.precision);
    return header;
}

// Widens samples of `from` bytes that stand at the beginning of `output` to cells of `to` bytes, in place.
inline void widen(uint8_t *output, size_t samples, uint32_t from, uint32_t to) {
    if (from == to) return;
    for (size_t index = samples; index-- > 0;) {
        uint32_t value = from == 1 ? output[index] : 0;
        if (from == 2) value = static_cast<uint32_t>(output[2 * index + 1]) << 8 | output[2 * index];
        for (uint32_t byte = 0; byte < to; ++byte) output[index * to + byte] = static_cast<uint8_t>(value >> (8 * byte));
    }
}

}  // namespace glenoid

#endif
