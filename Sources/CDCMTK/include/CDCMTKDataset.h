// Reading a data set's elements. The caller has scanned the bytes before (Dicom/ElementScanner.swift): nesting,
// counts and lengths are bounded, and pixel data is not among them.
#ifndef CDCMTK_DATASET_H
#define CDCMTK_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CDCMTKStatus.h"

#ifdef __cplusplus
extern "C" {
#endif

// Prepares DCMTK for the whole process: its log is silenced (it would print element values), its data dictionary
// loaded. Called first by everything that uses DCMTK; may be called again and from any thread.
cdcmtk_status cdcmtk_initialise(void);

// How elements are written (PS3.5 7.1, 7.3). Deflated and encapsulated data sets are explicit little endian here.
typedef enum {
    CDCMTK_IMPLICIT_LITTLE = 0,
    CDCMTK_EXPLICIT_LITTLE = 1,
    CDCMTK_EXPLICIT_BIG = 2,
    CDCMTK_IMPLICIT_BIG = 3,  // never standard, but seen
} cdcmtk_encoding;

// A parsed data set; whoever received it frees it. Used from one thread at a time.
typedef struct cdcmtk_dataset cdcmtk_dataset;

// The data set itself or one item of a sequence; belongs to its data set and lives as long as it.
typedef struct cdcmtk_item cdcmtk_item;

// Parses `count` bytes, which are copied. On success `*dataset` is the caller's to free; else it is NULL.
cdcmtk_status cdcmtk_dataset_read(
    const uint8_t *bytes, size_t count, cdcmtk_encoding encoding, cdcmtk_dataset **dataset);

void cdcmtk_dataset_free(cdcmtk_dataset *dataset);

// The data set's own elements.
const cdcmtk_item *cdcmtk_dataset_root(const cdcmtk_dataset *dataset);

// One element's value. `bytes` belongs to the data set and lives as long as it.
typedef struct {
    char vr[3];            // value representation, "UN" where unknown; ambiguous ones are decided
    const uint8_t *bytes;  // text as it stands in the object, numbers in this machine's byte order; NULL if empty
    size_t count;
} cdcmtk_value;

// CDCMTK_ABSENT if there is no such element, CDCMTK_UNSUPPORTED if it is a sequence.
cdcmtk_status cdcmtk_item_value(const cdcmtk_item *item, uint32_t tag, cdcmtk_value *value);

// Whether the element is there, empty or not.
bool cdcmtk_item_contains(const cdcmtk_item *item, uint32_t tag);

// Walks the items of a sequence: the first item for `previous` NULL, else the one after it; NULL at the end and
// where the element is no sequence.
const cdcmtk_item *cdcmtk_item_next(const cdcmtk_item *item, uint32_t tag, const cdcmtk_item *previous);

// Inflates a raw deflate stream (RFC 1951, or with the zlib header that some writers add) and sets `*outputCount` to
// the number of bytes inflated. With `output` NULL they are only counted, up to `outputMax`. CDCMTK_LIMIT if there
// are more; CDCMTK_BAD_DATA if the stream is damaged or ends early.
cdcmtk_status cdcmtk_inflate(
    const uint8_t *bytes, size_t count, uint8_t *output, size_t outputMax, size_t *outputCount);

#ifdef __cplusplus
}
#endif

#endif
