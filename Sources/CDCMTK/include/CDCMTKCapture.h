// Secondary Captures: an 8-bit RGB image of ours in the study of another image. One thread uses a capture at a time.
#ifndef CDCMTK_CAPTURE_H
#define CDCMTK_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "CDCMTKComposition.h"
#include "CDCMTKStatus.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cdcmtk_capture cdcmtk_capture;

// A new capture without attributes; the caller owns *capture and frees it.
cdcmtk_status cdcmtk_capture_create(cdcmtk_capture **capture);

// Frees the capture and the bytes it gave out; NULL is allowed.
void cdcmtk_capture_free(cdcmtk_capture *capture);

// The capture's attributes beside its pixels.
cdcmtk_composition *cdcmtk_capture_composition(cdcmtk_capture *capture);

// Adds to Source Image Sequence, its purpose (121322,DCM,"Source image for image processing operation"); the frames
// count from 1, `frame_count` 0 means the whole image.
cdcmtk_status cdcmtk_capture_add_source(cdcmtk_capture *capture, const char *class_uid, const char *instance_uid,
                                        const int32_t *frames, size_t frame_count);

// Composes the object: Part 10, explicit little endian. `samples` are rows × columns × 3 bytes, red, green and blue
// interleaved, and are copied. *bytes are the capture's and live as long as it does.
cdcmtk_status cdcmtk_capture_encode(cdcmtk_capture *capture, uint16_t rows, uint16_t columns, const uint8_t *samples,
                                    const uint8_t **bytes, size_t *byte_count);

#ifdef __cplusplus
}
#endif

#endif
