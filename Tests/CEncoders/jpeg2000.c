// JPEG 2000 fixtures through OpenJPEG's encoder.
#include "CEncoders.h"

#include <openjpeg-2.5/openjpeg.h>
#include <string.h>

typedef struct {
    uint8_t *bytes;
    size_t capacity, offset, count;
} writing;

static OPJ_SIZE_T write_bytes(void *buffer, OPJ_SIZE_T count, void *context) {
    writing *out = context;
    if (count > out->capacity - out->offset) return (OPJ_SIZE_T)-1;
    memcpy(out->bytes + out->offset, buffer, count);
    out->offset += count;
    if (out->offset > out->count) out->count = out->offset;
    return count;
}

static OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void *context) {
    writing *out = context;
    if (count < 0 || (size_t)count > out->capacity - out->offset) return -1;
    out->offset += (size_t)count;
    return count;
}

static OPJ_BOOL seek_bytes(OPJ_OFF_T offset, void *context) {
    writing *out = context;
    if (offset < 0 || (size_t)offset > out->capacity) return OPJ_FALSE;
    out->offset = (size_t)offset;
    return OPJ_TRUE;
}

static opj_image_t *make_image(cencoders_image image, const int32_t *samples) {
    opj_image_cmptparm_t parameters[3];
    memset(parameters, 0, sizeof parameters);
    for (uint32_t component = 0; component < image.components; ++component) {
        parameters[component].dx = parameters[component].dy = 1;
        parameters[component].w = image.columns;
        parameters[component].h = image.rows;
        parameters[component].prec = image.precision;
        parameters[component].sgnd = image.is_signed;
    }
    opj_image_t *made = opj_image_create(
        image.components, parameters, image.components == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY);
    if (made == NULL) return NULL;
    made->x1 = image.columns;
    made->y1 = image.rows;
    const size_t pixels = (size_t)image.rows * image.columns;
    for (uint32_t component = 0; component < image.components; ++component)
        for (size_t pixel = 0; pixel < pixels; ++pixel)
            made->comps[component].data[pixel] = samples[pixel * image.components + component];
    return made;
}

static size_t encode(cencoders_image image, opj_image_t *made, opj_codec_t *codec, opj_stream_t *stream, writing *out) {
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.tcp_numlayers = 1;
    parameters.cp_disto_alloc = 1;
    parameters.tcp_rates[0] = image.is_lossy ? 8 : 0;
    parameters.irreversible = image.is_lossy;
    parameters.tcp_mct = image.transforms_colours ? 1 : 0;
    parameters.numresolution = 3;
    opj_stream_set_user_data(stream, out, NULL);
    opj_stream_set_write_function(stream, write_bytes);
    opj_stream_set_skip_function(stream, skip_bytes);
    opj_stream_set_seek_function(stream, seek_bytes);
    const OPJ_BOOL done = opj_setup_encoder(codec, &parameters, made) && opj_start_compress(codec, made, stream) &&
                          opj_encode(codec, stream) && opj_end_compress(codec, stream);
    return done ? out->count : 0;
}

size_t cencoders_jpeg2000(cencoders_image image, const int32_t *samples, uint8_t *output, size_t capacity) {
    writing out = {output, capacity, 0, 0};
    opj_image_t *made = make_image(image, samples);
    opj_codec_t *codec = opj_create_compress(OPJ_CODEC_J2K);
    opj_stream_t *stream = opj_stream_create(1 << 16, OPJ_FALSE);
    size_t count = 0;
    if (made != NULL && codec != NULL && stream != NULL) count = encode(image, made, codec, stream, &out);
    if (stream != NULL) opj_stream_destroy(stream);
    if (codec != NULL) opj_destroy_codec(codec);
    if (made != NULL) opj_image_destroy(made);
    return count;
}
