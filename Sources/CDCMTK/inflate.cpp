// Deflated data sets (PS3.5 A.5): a raw deflate stream after the file meta information.
#include "Guard.hpp"

#include <zlib.h>

#include <algorithm>
#include <climits>
#include <vector>

#include "CDCMTKDataset.h"

using namespace glenoid;

namespace {

constexpr size_t scratchBytes = 65536;

// Ends an inflation on every way out.
struct Inflation {
    z_stream stream{};
    explicit Inflation(int windowBits) {
        if (inflateInit2(&stream, windowBits) != Z_OK) fail(CDCMTK_WORLD, 0, "zlib cannot start");
    }
    ~Inflation() { inflateEnd(&stream); }
};

// RFC 1950 2.2: the header's 16 bits are a multiple of 31, the method is 8 (deflate) and the window at most 32K.
bool hasZlibHeader(const uint8_t *bytes, size_t count) {
    return count >= 2 && (bytes[0] & 0x0F) == 8 && bytes[0] >> 4 <= 7 && (bytes[0] << 8 | bytes[1]) % 31 == 0;
}

}  // namespace

cdcmtk_status cdcmtk_inflate(
    const uint8_t *bytes, size_t count, uint8_t *output, size_t outputMax, size_t *outputCount) {
    *outputCount = 0;
    return guarded([&] {
        Inflation inflation(hasZlibHeader(bytes, count) ? MAX_WBITS : -MAX_WBITS);
        z_stream &stream = inflation.stream;
        std::vector<uint8_t> scratch(output == nullptr ? scratchBytes : 0);
        size_t consumed = 0;
        for (;;) {
            const size_t room = outputMax - *outputCount;
            stream.next_in = const_cast<Bytef *>(bytes + consumed);
            stream.avail_in = static_cast<uInt>(std::min<size_t>(count - consumed, INT_MAX));
            stream.next_out = output == nullptr ? scratch.data() : output + *outputCount;
            stream.avail_out = static_cast<uInt>(std::min<size_t>(room, output == nullptr ? scratchBytes : INT_MAX));
            const uInt inputBefore = stream.avail_in, outputBefore = stream.avail_out;
            const int result = inflate(&stream, Z_NO_FLUSH);
            consumed += inputBefore - stream.avail_in;
            *outputCount += outputBefore - stream.avail_out;
            if (result == Z_STREAM_END) return;
            if (result != Z_OK && result != Z_BUF_ERROR) fail(CDCMTK_BAD_DATA, 0, "the deflate stream is damaged");
            if (*outputCount == outputMax) fail(CDCMTK_LIMIT, 0, "inflates to more than %zu bytes", outputMax);
            if (consumed == count && stream.avail_out > 0) fail(CDCMTK_BAD_DATA, 0, "the deflate stream ends early");
        }
    });
}
