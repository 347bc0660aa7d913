// Encoders for fixtures that no command of Debian's makes.
#ifndef CENCODERS_H
#define CENCODERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t rows, columns, components, precision;
    bool is_signed, is_lossy, transforms_colours;
} cencoders_image;

// Encodes interleaved samples as a JPEG 2000 codestream of at most `capacity` bytes; gives its length, 0 on failure.
size_t cencoders_jpeg2000(cencoders_image image, const int32_t *samples, uint8_t *output, size_t capacity);

#endif
