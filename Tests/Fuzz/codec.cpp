// Fuzzes the decoders of compressed frames: the first byte picks the codec, the next five the frame's shape, the
// rest is the frame. Which of the libraries below them are instrumented, `run` says.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "CDCMTKCodec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    if (count < 6) return 0;
    static const uint32_t cells[4] = {1, 2, 2, 4};
    const cdcmtk_frame_shape shape{
        1u + (bytes[1] & 63), 1u + (bytes[2] & 63), bytes[3] & 1 ? 3u : 1u, cells[bytes[4] & 3]};
    const uint8_t *frame = bytes + 6;
    const size_t length = count - 6;
    // On the heap at its exact size, so that one byte too many is seen.
    const std::vector<uint8_t> input(frame, frame + length);
    std::vector<uint8_t> output(cdcmtk_frame_bytes(shape));
    cdcmtk_codestream codestream;
    switch (bytes[0] & 3) {
        case 0: cdcmtk_decode_rle(input.data(), length, shape, output.data(), &codestream); break;
        case 1: cdcmtk_decode_jpeg(input.data(), length, shape, output.data(), &codestream); break;
        case 2: cdcmtk_decode_jpegls(input.data(), length, shape, output.data(), &codestream); break;
        default: cdcmtk_decode_jpeg2000(input.data(), length, shape, 1, output.data(), &codestream); break;
    }
    return 0;
}
