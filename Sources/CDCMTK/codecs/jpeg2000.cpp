// JPEG 2000 (ITU-T T.800) and HTJ2K (T.814) through OpenJPEG, which decodes both.
#include "Codestream2000.hpp"

#include <openjpeg-2.5/openjpeg.h>

#include <algorithm>
#include <memory>

using namespace glenoid;

namespace {

// The codestream in memory, read by OpenJPEG through callbacks.
struct Reading {
    const uint8_t *bytes;
    size_t count;
    size_t offset;
};

OPJ_SIZE_T readBytes(void *buffer, OPJ_SIZE_T wanted, void *context) {
    auto &reading = *static_cast<Reading *>(context);
    const size_t available = std::min<size_t>(wanted, reading.count - reading.offset);
    if (available == 0) return static_cast<OPJ_SIZE_T>(-1);
    std::memcpy(buffer, reading.bytes + reading.offset, available);
    reading.offset += available;
    return available;
}

OPJ_OFF_T skipBytes(OPJ_OFF_T wanted, void *context) {
    auto &reading = *static_cast<Reading *>(context);
    if (wanted < 0) return -1;
    const size_t available = std::min<size_t>(static_cast<size_t>(wanted), reading.count - reading.offset);
    reading.offset += available;
    return static_cast<OPJ_OFF_T>(available);
}

OPJ_BOOL seekBytes(OPJ_OFF_T offset, void *context) {
    auto &reading = *static_cast<Reading *>(context);
    if (offset < 0 || static_cast<size_t>(offset) > reading.count) return OPJ_FALSE;
    reading.offset = static_cast<size_t>(offset);
    return OPJ_TRUE;
}

// A warning of OpenJPEG means that something was missing or damaged and made up for; that is no frame for us.
void countMessage(const char *, void *context) { ++*static_cast<unsigned *>(context); }
void ignoreMessage(const char *, void *) {}

using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;
using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;

Stream openStream(Reading &reading) {
    Stream stream(opj_stream_create(std::min<size_t>(reading.count, 1 << 20), OPJ_TRUE), opj_stream_destroy);
    if (!stream) fail(CDCMTK_WORLD, 0, "out of memory");
    opj_stream_set_user_data(stream.get(), &reading, nullptr);
    opj_stream_set_user_data_length(stream.get(), reading.count);
    opj_stream_set_read_function(stream.get(), readBytes);
    opj_stream_set_skip_function(stream.get(), skipBytes);
    opj_stream_set_seek_function(stream.get(), seekBytes);
    return stream;
}

// Refuses a codestream that contradicts the object, before OpenJPEG allocates for it.
void check(const Codestream2000 &header, cdcmtk_frame_shape shape) {
    if (header.rows != shape.rows)
        fail(CDCMTK_BAD_DATA, rowsTag, "is %u, the compressed frame has %u", shape.rows, header.rows);
    if (header.columns != shape.columns)
        fail(CDCMTK_BAD_DATA, columnsTag, "is %u, the compressed frame has %u", shape.columns, header.columns);
    if (header.components != shape.samples_per_pixel)
        fail(CDCMTK_BAD_DATA, samplesPerPixelTag, "is %u, the compressed frame has %u", shape.samples_per_pixel,
             header.components);
    if (header.precision > 31 || (header.precision + 7) / 8 > shape.cell_bytes)
        fail(CDCMTK_BAD_DATA, bitsAllocatedTag, "is %u, the compressed frame has samples of %u bits",
             shape.cell_bytes * 8, header.precision);
}

Image decodeImage(const Codestream2000 &header, int threads, unsigned &warnings) {
    Reading reading{header.bytes, header.count, 0};
    const Stream stream = openStream(reading);
    const Codec codec(opj_create_decompress(OPJ_CODEC_J2K), opj_destroy_codec);
    if (!codec) fail(CDCMTK_WORLD, 0, "out of memory");
    opj_set_info_handler(codec.get(), ignoreMessage, nullptr);
    opj_set_warning_handler(codec.get(), countMessage, &warnings);
    opj_set_error_handler(codec.get(), ignoreMessage, nullptr);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_image_t *raw = nullptr;
    // Strict mode refuses codestreams that end early.
    if (!opj_setup_decoder(codec.get(), &parameters) || !opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE))
        fail(CDCMTK_WORLD, 0, "JPEG 2000: the decoder cannot be set up");
    // Threads only make it faster: without them it works as well.
    if (threads > 1) opj_codec_set_threads(codec.get(), threads);
    const OPJ_BOOL hasHeader = opj_read_header(stream.get(), codec.get(), &raw);
    Image image(raw, opj_image_destroy);
    if (!hasHeader) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: the header is damaged");
    if (!opj_decode(codec.get(), stream.get(), image.get()))
        fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: the frame is damaged or ends early");
    return image;
}

template <class Cell>
void interleave(const opj_image_t &image, Cell *cells) {
    const size_t pixels = static_cast<size_t>(image.comps[0].w) * image.comps[0].h;
    for (uint32_t component = 0; component < image.numcomps; ++component) {
        const OPJ_INT32 *samples = image.comps[component].data;
        Cell *cell = cells + component;
        for (size_t pixel = 0; pixel < pixels; ++pixel, cell += image.numcomps) *cell = static_cast<Cell>(samples[pixel]);
    }
}

}  // namespace

cdcmtk_status cdcmtk_decode_jpeg2000(
    const uint8_t *bytes, size_t count, cdcmtk_frame_shape shape, int threads, uint8_t *output,
    cdcmtk_codestream *codestream) {
    return guarded([&] {
        const Codestream2000 header(bytes, count);
        check(header, shape);
        unsigned warnings = 0;
        const Image image = decodeImage(header, threads, warnings);
        if (warnings > (header.hasUncountedPart ? 1u : 0u))
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: the frame is damaged");
        for (uint32_t component = 0; component < shape.samples_per_pixel; ++component) {
            const opj_image_comp_t &samples = image->comps[component];
            if (image->numcomps != shape.samples_per_pixel || samples.data == nullptr || samples.w != shape.columns ||
                samples.h != shape.rows)
                fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG 2000: the frame is not whole");
        }
        switch (shape.cell_bytes) {
            case 1: interleave(*image, output); break;
            case 2: interleave(*image, reinterpret_cast<uint16_t *>(output)); break;
            default: interleave(*image, reinterpret_cast<uint32_t *>(output)); break;
        }
        *codestream = cdcmtk_codestream{
            header.precision, header.isSigned, !header.isReversible,
            header.transformsColours && shape.samples_per_pixel == 3,
            CDCMTK_COLOURS_UNSAID};
    });
}
