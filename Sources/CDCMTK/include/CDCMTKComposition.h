// What objects that we compose have in common: attributes copied byte by byte from another object, and a header of ours.
#ifndef CDCMTK_COMPOSITION_H
#define CDCMTK_COMPOSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CDCMTKDataset.h"
#include "CDCMTKStatus.h"

#ifdef __cplusplus
extern "C" {
#endif

// The part of a report or a capture that holds its attributes; belongs to it and lives as long as it.
typedef struct cdcmtk_composition cdcmtk_composition;

// Takes an attribute from a data set or item, its bytes as they are; does nothing where it is absent or empty, or,
// with `only_if_legal`, where it breaks its value representation.
cdcmtk_status cdcmtk_composition_copy(cdcmtk_composition *composition, const cdcmtk_item *source, uint32_t tag,
                                      bool only_if_legal);

// Adds an empty attribute unless it was copied.
cdcmtk_status cdcmtk_composition_copy_empty(cdcmtk_composition *composition, uint32_t tag);

// Sets a string attribute, before anything copied; several values are divided by backslashes. CDCMTK_BAD_DATA where
// the value breaks its value representation.
cdcmtk_status cdcmtk_composition_set(cdcmtk_composition *composition, uint32_t tag, const char *value);

// Says who writes the file: Implementation Class UID and Implementation Version Name (PS3.10 7.1).
cdcmtk_status cdcmtk_composition_sign(cdcmtk_composition *composition, const char *class_uid, const char *version);

#ifdef __cplusplus
}
#endif

#endif
