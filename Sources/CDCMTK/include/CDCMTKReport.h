// Structured Reports written with DCMTK's dcmsr: a content tree that grows item by item, a header, and patient and
// study attributes copied byte by byte from another object. One thread uses a report at a time.
#ifndef CDCMTK_REPORT_H
#define CDCMTK_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "CDCMTKComposition.h"
#include "CDCMTKStatus.h"

#ifdef __cplusplus
extern "C" {
#endif

// The SOP classes a report can have, from the richest to the plainest (PS3.3 A.35).
typedef enum {
    CDCMTK_REPORT_COMPREHENSIVE_3D = 0,
    CDCMTK_REPORT_COMPREHENSIVE = 1,
    CDCMTK_REPORT_ENHANCED = 2,
    CDCMTK_REPORT_BASIC_TEXT = 3,
} cdcmtk_report_class;

// How an item belongs to the item above it (PS3.3 table C.17.3-8); the root has none.
typedef enum {
    CDCMTK_REPORT_ROOT = 0,
    CDCMTK_REPORT_CONTAINS = 1,
    CDCMTK_REPORT_HAS_OBS_CONTEXT = 2,
    CDCMTK_REPORT_HAS_CONCEPT_MOD = 3,
    CDCMTK_REPORT_HAS_ACQ_CONTEXT = 4,
    CDCMTK_REPORT_HAS_PROPERTIES = 5,
    CDCMTK_REPORT_INFERRED_FROM = 6,
} cdcmtk_report_relationship;

// A coded term; `version` may be NULL. The report copies the strings. They are ASCII.
typedef struct {
    const char *value;
    const char *scheme;
    const char *version;
    const char *meaning;
} cdcmtk_report_code;

// A reference to an instance; the report copies the strings.
typedef struct {
    const char *study_uid;
    const char *series_uid;
    const char *class_uid;
    const char *instance_uid;
} cdcmtk_report_instance;

typedef struct cdcmtk_report cdcmtk_report;

// A new, empty report of this class; the caller owns *report and frees it.
cdcmtk_status cdcmtk_report_create(cdcmtk_report_class report_class, cdcmtk_report **report);

// Frees the report and the bytes it gave out; NULL is allowed.
void cdcmtk_report_free(cdcmtk_report *report);

// The open functions add an item below the item that is open, after the ones already there, and leave it open;
// the first adds the root. `concept` may be NULL where the standard lets it be absent. An item that the report's
// SOP class does not admit at this place is CDCMTK_BAD_DATA.

// A CONTAINER of separate items; `template_identifier` of the mapping resource DCMR, or NULL.
cdcmtk_status cdcmtk_report_open_container(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                           const cdcmtk_report_code *concept, const char *template_identifier);

// A TEXT.
cdcmtk_status cdcmtk_report_open_text(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                      const cdcmtk_report_code *concept, const char *text);

// A CODE.
cdcmtk_status cdcmtk_report_open_code(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                      const cdcmtk_report_code *concept, const cdcmtk_report_code *value);

// A NUM: a decimal string of at most 16 characters (VR DS) and its unit.
cdcmtk_status cdcmtk_report_open_number(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                        const cdcmtk_report_code *concept, const char *value,
                                        const cdcmtk_report_code *unit);

// A UIDREF.
cdcmtk_status cdcmtk_report_open_uid(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                     const cdcmtk_report_code *concept, const char *uid);

// An IMAGE; the frames count from 1, `frame_count` 0 means the whole image.
cdcmtk_status cdcmtk_report_open_image(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                       const cdcmtk_report_code *concept, const char *class_uid,
                                       const char *instance_uid, const int32_t *frames, size_t frame_count);

// Closes the item opened last that is still open.
cdcmtk_status cdcmtk_report_close_item(cdcmtk_report *report);

// Adds to Current Requested Procedure Evidence Sequence.
cdcmtk_status cdcmtk_report_add_evidence(cdcmtk_report *report, const cdcmtk_report_instance *instance);

// Adds to Predecessor Documents Sequence.
cdcmtk_status cdcmtk_report_add_predecessor(cdcmtk_report *report, const cdcmtk_report_instance *instance);

// Adds to Coding Scheme Identification Sequence; the organisation may be NULL.
cdcmtk_status cdcmtk_report_add_scheme(cdcmtk_report *report, const char *designator, const char *name,
                                       const char *responsible_organization);

// The report's attributes beside its content.
cdcmtk_composition *cdcmtk_report_composition(cdcmtk_report *report);

// Composes the object: Part 10, explicit little endian. *bytes are the report's and live as long as it does.
// The document is COMPLETE and UNVERIFIED. CDCMTK_BAD_DATA when dcmsr finds it incomplete.
cdcmtk_status cdcmtk_report_encode(cdcmtk_report *report, const uint8_t **bytes, size_t *byte_count);

#ifdef __cplusplus
}
#endif

#endif
