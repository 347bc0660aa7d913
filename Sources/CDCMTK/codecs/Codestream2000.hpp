// The main header of a JPEG 2000 codestream (ITU-T T.800 annex A), as far as a decoder's caller must know it.
#ifndef GLENOID_CODESTREAM_2000_HPP
#define GLENOID_CODESTREAM_2000_HPP

#include "JPEGMarkers.hpp"

#include <cstring>
#include <vector>

namespace glenoid {

inline uint32_t bigEndian32(const uint8_t *bytes) { return bigEndian16(bytes) << 16 | bigEndian16(bytes + 2); }

// What SIZ and COD say.
struct Codestream2000 {
    const uint8_t *bytes;
    size_t count;
    uint32_t columns = 0, rows = 0;
    uint32_t components = 0;
    size_t tiles = 0;
    uint32_t precision = 0;
    bool isSigned = false;
    bool isReversible = false;
    bool transformsColours = false;
    // Whether a tile has one part more than it says (TPsot = TNsot, T.800 A.4.2): a slip of one encoder that OpenJPEG
    // corrects, and warns about once.
    bool hasUncountedPart = false;

    Codestream2000(const uint8_t *given, size_t length) : bytes(given), count(length) {
        unwrap();
        trim();
        readHeader();
    }

private:
    // PS3.5 8.2.4 wants the bare codestream, but some writers leave it in its file format (T.800 annex I).
    void unwrap() {
        static const uint8_t signature[12] = {0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, 0x87, 10};
        if (count < 12 || std::memcmp(bytes, signature, 12) != 0) return;
        size_t offset = 0;
        while (count - offset >= 8) {
            size_t length = bigEndian32(bytes + offset), header = 8;
            const bool isCodestream = std::memcmp(bytes + offset + 4, "jp2c", 4) == 0;
            if (length == 1 && count - offset >= 16) {
                if (bigEndian32(bytes + offset + 8) != 0) break;
                length = bigEndian32(bytes + offset + 12);
                header = 16;
            } else if (length == 0) {
                length = count - offset;
            }
            if (length < header || length > count - offset) break;
            if (isCodestream) {
                bytes += offset + header;
                count = length - header;
                return;
            }
            offset += length;
        }
        fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: a file without a codestream");
    }

    // Padding behind the end of the codestream goes (PS3.5 A.4 makes fragments even): a last tile part of length 0 is as
    // long as the rest (T.800 A.4.2), and OpenJPEG takes for the rest all but the last two bytes.
    void trim() {
        size_t end = count;
        while (end > 0 && bytes[end - 1] == 0) --end;
        if (end >= 2 && bigEndian16(bytes + end - 2) == 0xFFD9) count = end;
    }

    void readHeader() {
        // T.800 A.4.1, A.5.1: SOC, then SIZ at once.
        if (count < 4 || bigEndian32(bytes) != 0xFF4FFF51)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "the frame does not begin as a JPEG 2000 codestream");
        size_t offset = 2;
        bool hasCOD = false;
        while (count - offset >= 4) {
            const uint32_t marker = bigEndian16(bytes + offset), length = bigEndian16(bytes + offset + 2);
            if (marker == 0xFF90) break;  // SOT: the first tile part
            if (marker < 0xFF00 || length < 2 || length > count - offset - 2)
                fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: the main header is damaged");
            const uint8_t *parameters = bytes + offset + 4;
            if (marker == 0xFF51) readSIZ(parameters, length - 2);
            if (marker == 0xFF52 && length >= 12) {
                hasCOD = true;
                transformsColours = parameters[4] != 0;
                isReversible = parameters[9] == 1;
            }
            offset += 2 + length;
        }
        if (components == 0 || !hasCOD)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: the main header is not complete");
        readTileParts(offset);
    }

    // Steps from start to start of the tile parts (SOT: Lsot, Isot, Psot, TPsot, TNsot) and sees that every tile has
    // one: OpenJPEG leaves tiles that are not there black and says nothing.
    void readTileParts(size_t offset) {
        std::vector<bool> isThere(tiles, false);
        size_t found = 0;
        while (count - offset >= 12 && bigEndian16(bytes + offset) == 0xFF90) {
            const uint32_t tile = bigEndian16(bytes + offset + 4);
            if (tile >= tiles) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: a tile that does not exist");
            found += !isThere[tile];
            isThere[tile] = true;
            const uint8_t part = bytes[offset + 10], parts = bytes[offset + 11];
            hasUncountedPart = hasUncountedPart || (parts != 0 && part == parts);
            const size_t length = bigEndian32(bytes + offset + 6);
            if (length < 14 || length > count - offset) break;  // 0 is the last part; OpenJPEG judges the rest
            offset += length;
        }
        if (found < tiles)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: %zu of %zu tiles are there", found, tiles);
    }

    // How many tiles cover the image (T.800 B.3); a tile part can name 65535 of them.
    void readTiles(const uint8_t *parameters, uint32_t right, uint32_t bottom) {
        const uint64_t width = bigEndian32(parameters + 18), height = bigEndian32(parameters + 22);
        const uint64_t left = bigEndian32(parameters + 26), top = bigEndian32(parameters + 30);
        if (width == 0 || height == 0 || left >= right || top >= bottom)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: impossible tiles");
        const uint64_t across = (right - left + width - 1) / width, down = (bottom - top + height - 1) / height;
        if (across > 65535 || down > 65535 || across * down > 65535)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: more tiles than can be told apart");
        // OpenJPEG 2.5.0 takes 7 KB a tile before it looks at one.
        if (across * down > 64 + static_cast<uint64_t>(right - left) * (bottom - top) / 1024)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: more tiles than the image has room for");
        tiles = across * down;
    }

    void readSIZ(const uint8_t *parameters, size_t length) {
        if (length < 39) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: the main header is damaged");
        // Part 2 (T.801) is another transfer syntax and another decoder: bit 15 of Rsiz.
        if (bigEndian16(parameters) & 0x8000) fail(CDCMTK_UNSUPPORTED, 0, "JPEG 2000 part 2");
        const uint32_t right = bigEndian32(parameters + 2), bottom = bigEndian32(parameters + 6);
        const uint32_t left = bigEndian32(parameters + 10), top = bigEndian32(parameters + 14);
        if (right <= left || bottom <= top) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: an empty image");
        columns = right - left;
        rows = bottom - top;
        readTiles(parameters, right, bottom);
        components = bigEndian16(parameters + 34);
        if (components == 0 || length < 36 + 3 * static_cast<size_t>(components))
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: the main header is damaged");
        precision = (parameters[36] & 0x7F) + 1u;
        isSigned = (parameters[36] & 0x80) != 0;
        for (uint32_t component = 0; component < components; ++component) {
            const uint8_t *form = parameters + 36 + 3 * component;
            if (form[0] != parameters[36]) fail(CDCMTK_UNSUPPORTED, 0, "JPEG 2000 with components of unequal depth");
            if (form[1] != 1 || form[2] != 1) fail(CDCMTK_UNSUPPORTED, 0, "JPEG 2000 with subsampled components");
        }
    }
};

}  // namespace glenoid

#endif
