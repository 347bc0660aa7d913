// RLE frames (PS3.5 annex G): one PackBits segment for each byte of the cells of each sample, most significant first.
#include "../Guard.hpp"

#include "CDCMTKCodec.h"

using namespace glenoid;

namespace {

constexpr uint32_t pixelDataTag = 0x7FE00010;
constexpr size_t headerBytes = 64;
constexpr uint32_t segmentsMax = 15;

uint32_t littleEndian32(const uint8_t *bytes) {
    return static_cast<uint32_t>(bytes[0]) | static_cast<uint32_t>(bytes[1]) << 8 |
           static_cast<uint32_t>(bytes[2]) << 16 | static_cast<uint32_t>(bytes[3]) << 24;
}

// Decodes one segment (PS3.5 G.3.2) to every `stride`th byte of the output; false if it holds fewer than `wanted`.
// What follows the last wanted byte is padding.
bool unpack(const uint8_t *bytes, const uint8_t *end, uint8_t *output, size_t stride, size_t wanted) {
    while (wanted > 0) {
        if (bytes == end) return false;
        const uint8_t control = *bytes++;
        if (control == 128) continue;  // "output nothing"
        if (control < 128) {
            size_t run = static_cast<size_t>(control) + 1;
            if (static_cast<size_t>(end - bytes) < run) return false;
            if (run > wanted) run = wanted;
            for (size_t index = 0; index < run; ++index, output += stride) *output = bytes[index];
            bytes += static_cast<size_t>(control) + 1;
            wanted -= run;
        } else {
            if (bytes == end) return false;
            size_t run = 257 - static_cast<size_t>(control);
            if (run > wanted) run = wanted;
            for (size_t index = 0; index < run; ++index, output += stride) *output = *bytes;
            ++bytes;
            wanted -= run;
        }
    }
    return true;
}

}  // namespace

cdcmtk_status cdcmtk_decode_rle(
    const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, uint8_t *output, cdcmtk_codestream *codestream) {
    return guarded([&] {
        if (count < headerBytes) fail(CDCMTK_BAD_DATA, pixelDataTag, "RLE: the frame is shorter than its header");
        const uint32_t segments = littleEndian32(bytes);
        const uint32_t expected = shape.samples_per_pixel * shape.cell_bytes;
        if (segments != expected || segments > segmentsMax)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "RLE: %u segments where %u belong", segments, expected);
        const size_t pixels = static_cast<size_t>(shape.rows) * shape.columns;
        for (uint32_t segment = 0; segment < segments; ++segment) {
            const size_t start = littleEndian32(bytes + 4 + 4 * segment);
            const size_t next = segment + 1 < segments ? littleEndian32(bytes + 8 + 4 * segment) : count;
            if (start < headerBytes || next < start || next > count)
                fail(CDCMTK_BAD_DATA, pixelDataTag, "RLE: segment %u has impossible offsets", segment + 1);
            const uint32_t sample = segment / shape.cell_bytes;
            const uint32_t byte = shape.cell_bytes - 1 - segment % shape.cell_bytes;
            if (!unpack(bytes + start, bytes + next, output + sample * shape.cell_bytes + byte, expected, pixels))
                fail(CDCMTK_BAD_DATA, pixelDataTag, "RLE: segment %u ends early", segment + 1);
        }
        *codestream = cdcmtk_codestream{shape.cell_bytes * 8, false, false, false, CDCMTK_COLOURS_UNSAID};
    });
}
