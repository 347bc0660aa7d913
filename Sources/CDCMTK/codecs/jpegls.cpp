// JPEG-LS (ITU-T T.87), lossless and near-lossless, in every interleaving. Written here and not taken from CharLS
// because it is twice as fast on one component of 9 to 16 bits, which is what radiographs are; names are those of
// the standard. DCMTK's encoder is the oracle of the tests.
#include "JPEGLSScan.hpp"

using namespace glenoid;

namespace {

// Start of frame and the extensions' segment (T.87 table C.1).
constexpr uint8_t startOfFrame55 = 0xF7, presets = 0xF8, startOfScan = 0xDA, defineRestart = 0xDD, application8 = 0xE8;

// Decodes the whole stream: header, then one scan for all components or one for each.
class Decoder {
public:
    Decoder(const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, uint8_t *output)
        : segments(bytes, count), end(bytes + count), shape(shape), output(output) {}

    cdcmtk_codestream decode() {
        uint32_t decoded = 0;
        while (decoded < shape.samples_per_pixel) {
            const Segment segment = segments.next();
            switch (segment.marker) {
                case startOfFrame55: readFrame(segment); break;
                case presets: readPresets(segment); break;
                case defineRestart: refuseRestarts(segment); break;
                case application8: refuseColourTransform(segment); break;
                case startOfScan: decoded += readScan(segment, decoded); break;
                default: break;
            }
        }
        return cdcmtk_codestream{frame.precision, false, isLossy, false, CDCMTK_COLOURS_UNSAID};
    }

private:
    void readFrame(const Segment &segment) {
        if (frame.components != 0) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: two frame headers");
        frame = frameHeader(segment, shape);
    }

    // T.87 C.2.4.1: preset coding parameters; mapping tables and oversize images are not for DICOM.
    void readPresets(const Segment &segment) {
        if (segment.count < 1 || segment.bytes[0] != 1)
            fail(CDCMTK_UNSUPPORTED, 0, "JPEG-LS with mapping tables or oversize images");
        if (segment.count < 11) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: the preset parameters are too short");
        for (size_t index = 0; index < 5; ++index) preset[index] = bigEndian16(segment.bytes + 1 + 2 * index);
    }

    static void refuseRestarts(const Segment &segment) {
        for (size_t index = 0; index < segment.count; ++index)
            if (segment.bytes[index] != 0) fail(CDCMTK_UNSUPPORTED, 0, "JPEG-LS with restart intervals");
    }

    // HP's extension that CharLS also writes: "mrfx" and a number. DICOM does not know it.
    static void refuseColourTransform(const Segment &segment) {
        if (segment.count >= 5 && std::memcmp(segment.bytes, "mrfx", 4) == 0 && segment.bytes[4] != 0)
            fail(CDCMTK_UNSUPPORTED, 0, "JPEG-LS with a colour transform");
    }

    // Decodes a scan and gives how many components it had; they come in order.
    uint32_t readScan(const Segment &segment, uint32_t first) {
        if (frame.components == 0) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: a scan before the frame header");
        const uint32_t components = segment.count > 0 ? segment.bytes[0] : 0;
        if (components == 0 || components > frame.components - first ||
            segment.count < 1 + 2 * static_cast<size_t>(components) + 3)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: the scan header is damaged");
        const uint8_t *parameters = segment.bytes + 1 + 2 * components;
        const Coding coding = makeCoding(parameters[0]);
        const uint8_t interleaving = parameters[1];
        if (interleaving > 2 || (interleaving == 0) != (components == 1))
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: interleaving %u of %u components", interleaving, components);
        isLossy = isLossy || coding.near > 0;
        BitReader reader(segments.here(), end);
        if (coding.near == 0) {
            decodeScan<true>(coding, reader, first, components, interleaving);
        } else {
            decodeScan<false>(coding, reader, first, components, interleaving);
        }
        segments.continueAt(reader.marker());
        return components;
    }

    Coding makeCoding(int32_t near) const {
        Coding coding;
        coding.near = near;
        const int32_t largest = (1 << frame.precision) - 1;
        coding.maxval = preset[0] != 0 ? static_cast<int32_t>(preset[0]) : largest;
        if (coding.maxval > largest || near > std::min(255, coding.maxval / 2))
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: impossible coding parameters");
        setDefaultThresholds(coding);
        if (preset[1] != 0) coding.t1 = static_cast<int32_t>(preset[1]);
        if (preset[2] != 0) coding.t2 = static_cast<int32_t>(preset[2]);
        if (preset[3] != 0) coding.t3 = static_cast<int32_t>(preset[3]);
        coding.reset = preset[4] != 0 ? static_cast<int32_t>(preset[4]) : 64;
        if (coding.t1 <= near || coding.t2 < coding.t1 || coding.t3 < coding.t2 || coding.t3 > coding.maxval ||
            coding.reset < 3 || coding.reset > std::max(255, coding.maxval))
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: impossible coding parameters");
        // T.87 A.2.1.
        coding.range = (coding.maxval + 2 * near) / coding.step() + 1;
        coding.qbpp = bitLength(static_cast<uint32_t>(coding.range - 1));
        const int32_t bits = std::max(2, bitLength(static_cast<uint32_t>(coding.maxval)));
        coding.limit = 2 * (bits + std::max(8, bits));
        return coding;
    }

    template <bool lossless>
    void decodeScan(
        const Coding &coding, BitReader &reader, uint32_t first, uint32_t components, uint8_t interleaving) {
        ScanDecoder<lossless> decoder(coding, reader);
        std::vector<Line> line(components, Line(shape.columns)), above(components, Line(shape.columns));
        std::vector<int> runs(components, 0);
        for (uint32_t row = 0; row < shape.rows; ++row) {
            if (interleaving == 2) {
                decoder.decodePixels(line, above, shape.columns, runs[0]);
            } else {
                for (uint32_t component = 0; component < components; ++component)
                    decoder.decodeLine(
                        line[component].begin(), above[component].begin(), shape.columns, runs[component]);
            }
            if (reader.overran()) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: the data ends in row %u", row + 1);
            for (uint32_t component = 0; component < components; ++component)
                store(line[component].begin(), row, first + component);
            std::swap(line, above);
        }
    }

    // A decoded line of one component to its cells.
    void store(const uint16_t *line, uint32_t row, uint32_t component) {
        const size_t pixelBytes = static_cast<size_t>(shape.samples_per_pixel) * shape.cell_bytes;
        uint8_t *cell = output + row * pixelBytes * shape.columns + component * shape.cell_bytes;
        if (pixelBytes == 2 && shape.cell_bytes == 2) {
            std::memcpy(cell, line, 2 * static_cast<size_t>(shape.columns));
            return;
        }
        for (uint32_t column = 0; column < shape.columns; ++column, cell += pixelBytes)
            for (uint32_t byte = 0; byte < shape.cell_bytes; ++byte)
                cell[byte] = byte < 2 ? static_cast<uint8_t>(line[column] >> (8 * byte)) : 0;
    }

    SegmentReader segments;
    const uint8_t *end;
    const cdcmtk_frame_shape shape;
    uint8_t *output;
    FrameHeader frame{0, 0, 0, 0};
    std::array<uint32_t, 5> preset{};
    bool isLossy = false;
};

}  // namespace

cdcmtk_status cdcmtk_decode_jpegls(
    const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, uint8_t *output, cdcmtk_codestream *codestream) {
    return guarded([&] { *codestream = Decoder(bytes, count, shape, output).decode(); });
}
