// JPEG frames through DCMTK's three builds of the IJG library, without DCMTK's codec layer: the fragments go in and
// the frame comes out, nothing is copied in between.
#include "JPEGMarkers.hpp"

#include "dcmtk/dcmjpeg/djcparam.h"
#include "dcmtk/dcmjpeg/djdijg12.h"
#include "dcmtk/dcmjpeg/djdijg16.h"
#include "dcmtk/dcmjpeg/djdijg8.h"

#include <cstring>
#include <memory>

using namespace glenoid;

namespace {

// Start of frame markers (T.81 table B.1): SOF0 to SOF15 without DHT, JPG and DAC.
bool isStartOfFrame(uint8_t marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Whether an APP0 segment is that of JFIF (ITU-T T.871): "JFIF" and a zero.
bool isJFIF(const Segment &segment) {
    return segment.marker == 0xE0 && segment.count >= 5 && std::memcmp(segment.bytes, "JFIF", 5) == 0;
}

// The colours of a DCT frame by its own marks, which go before what the object says: the encoder wrote them, and the
// object's attributes are often those of the image before it was compressed. JFIF means YCbCr (T.871 7).
cdcmtk_colours codedColours(const Segment &startOfFrame, const FrameHeader &header, bool hasJFIF) {
    if (header.components != 3 || startOfFrame.marker == 0xC3) return CDCMTK_COLOURS_UNSAID;
    const uint8_t names[3] = {startOfFrame.bytes[6], startOfFrame.bytes[9], startOfFrame.bytes[12]};
    if (std::memcmp(names, "RGB", 3) == 0 || std::memcmp(names, "rgb", 3) == 0) return CDCMTK_COLOURS_RGB;
    return hasJFIF ? CDCMTK_COLOURS_YBR : CDCMTK_COLOURS_UNSAID;
}

// Where the marker is that ends the entropy-coded data; restart markers (T.81 table B.1) belong to it.
const uint8_t *behindEntropyCodedData(const uint8_t *byte, const uint8_t *end) {
    while (end - byte >= 2) {
        const void *found = std::memchr(byte, 0xFF, static_cast<size_t>(end - byte) - 1);
        if (found == nullptr) return end;
        byte = static_cast<const uint8_t *>(found);
        if (byte[1] != 0 && byte[1] != 0xFF && (byte[1] & 0xF8) != 0xD0) return byte;
        ++byte;
    }
    return end;
}

// Refuses a DC table (T.81 B.2.4.2) with a difference category that does not exist: above 15 in DCT coding (F.1.2.1.1),
// above 16 in lossless coding (H.1.2.2). As Debian builds it, the IJG library takes any (jdhuff.c, without
// DCMTK_ENABLE_STRICT_HUFFMAN_TABLE_CHECK), and reads past the end of its own table with it (HUFF_EXTEND).
void checkHuffmanTables(const Segment &segment, uint8_t categoryMax) {
    size_t offset = 0;
    while (offset + 17 <= segment.count) {
        const bool isDC = segment.bytes[offset] >> 4 == 0;
        size_t symbols = 0;
        for (size_t length = 1; length <= 16; ++length) symbols += segment.bytes[offset + length];
        offset += 17;
        if (symbols > segment.count - offset) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG: a Huffman table is cut short");
        for (size_t symbol = 0; isDC && symbol < symbols; ++symbol)
            if (segment.bytes[offset + symbol] > categoryMax)
                fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG: a Huffman table has a category that does not exist");
        offset += symbols;
    }
}

// Walks over a whole stream before it is decoded: checks its Huffman tables, and gives how many scans have other
// parameters than a sequential one, whose Ss, Se, Ah and Al are 0, 63, 0 and 0 (T.81 table B.3). Writers of 12-bit frames
// slip so; the decoder warns once for each such scan, ignores them and loses nothing.
//
// A progressive frame of many empty scans would take hours, as each is a pass over all blocks: no encoder writes more than a
// few dozen, and libjpeg-turbo's limit is the same.
unsigned inspectScans(SegmentReader reader, const uint8_t *end, uint8_t categoryMax) {
    const unsigned scansMax = 500;
    unsigned scans = 0, all = 0;
    while (!reader.isAtEndOfImage()) {
        const Segment segment = reader.next();
        if (segment.marker == 0xC4) checkHuffmanTables(segment, categoryMax);
        if (segment.marker != 0xDA) continue;
        if (++all > scansMax) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG: more than %u scans", scansMax);
        if (segment.count < 4) fail(CDCMTK_BAD_DATA, pixelDataTag, "the JPEG stream's scan header is too short");
        const uint8_t *parameters = segment.bytes + segment.count - 3;
        scans += parameters[0] != 0 || parameters[1] != 63 || parameters[2] != 0;
        reader.continueAt(behindEntropyCodedData(reader.here(), end));
    }
    return scans;
}

// A decoder that notes the library's warnings. Where entropy-coded data is damaged or missing, the IJG library warns,
// makes up the rest of the samples and goes on (jdhuff.c: "fill the bit buffer with zeroes"); DCMTK does not look at it.
template <class Decompressor>
class Strict final : public Decompressor {
public:
    Strict(const DJCodecParameter &parameters, unsigned &warnings)
        : Decompressor(parameters, OFFalse), warnings(warnings) {}

    void emitMessage(int level) const override { warnings += level < 0; }

private:
    unsigned &warnings;
};

// The IJG builds have 8, 12 and 16 bits; the last does lossless coding only.
std::unique_ptr<DJDecoder> decoder(
    const DJCodecParameter &parameters, uint32_t precision, bool isLossless, unsigned &warnings) {
    if (precision <= 8) return std::make_unique<Strict<DJDecompressIJG8Bit>>(parameters, warnings);
    if (precision <= 12) return std::make_unique<Strict<DJDecompressIJG12Bit>>(parameters, warnings);
    if (isLossless) return std::make_unique<Strict<DJDecompressIJG16Bit>>(parameters, warnings);
    fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG: lossy coding of %u bits does not exist", precision);
}

}  // namespace

cdcmtk_status cdcmtk_decode_jpeg(
    const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, uint8_t *output, cdcmtk_codestream *codestream) {
    return guarded([&] {
        SegmentReader reader(bytes, count);
        // The IJG library takes nothing before it.
        count -= static_cast<size_t>(reader.beginning() - bytes);
        bytes = reader.beginning();
        Segment segment = reader.next();
        bool hasJFIF = false;
        while (!isStartOfFrame(segment.marker)) {
            hasJFIF = hasJFIF || isJFIF(segment);
            segment = reader.next();
        }
        const FrameHeader header = frameHeader(segment, shape);
        // SOF3 is lossless; SOF5 to SOF7 and 13 to 15 are hierarchical, SOF9 to SOF11 arithmetic coding.
        if (segment.marker > 0xC3)
            fail(CDCMTK_UNSUPPORTED, 0, "JPEG with hierarchical or arithmetic coding (SOF%d)", segment.marker - 0xC0);
        const bool isLossless = segment.marker == 0xC3;
        const unsigned misdescribedScans =
            inspectScans(SegmentReader(bytes, count), bytes + count, isLossless ? 16 : 15);
        // Colours are left as they are coded: converting them is not the decoder's business.
        const DJCodecParameter parameters(ECC_lossyYCbCr, EDC_never, EUC_default, EPC_default);
        unsigned warnings = 0;
        const std::unique_ptr<DJDecoder> jpeg = decoder(parameters, header.precision, isLossless, warnings);
        const uint32_t sampleBytes = jpeg->bytesPerSample();
        const size_t samples = cdcmtk_frame_bytes(shape) / shape.cell_bytes;
        require(jpeg->init(), CDCMTK_WORLD, 0, "JPEG");
        OFBool isSigned = OFFalse;
        // The IJG library does not change what it reads, but its interface is not const.
        const OFCondition condition = jpeg->decode(
            const_cast<Uint8 *>(bytes), static_cast<Uint32>(count), output,
            static_cast<Uint32>(samples * sampleBytes), isSigned);
        // EJ_Suspension: it waits for the next fragment, but there is none.
        if (condition == EJ_Suspension) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG: the frame ends early");
        require(condition, CDCMTK_BAD_DATA, pixelDataTag, "JPEG");
        if (warnings > (segment.marker <= 0xC1 ? misdescribedScans : 0))
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG: the frame is damaged or incomplete");
        widen(output, samples, sampleBytes, shape.cell_bytes);
        *codestream = cdcmtk_codestream{
            header.precision, false, !isLossless, false, codedColours(segment, header, hasJFIF)};
    });
}
