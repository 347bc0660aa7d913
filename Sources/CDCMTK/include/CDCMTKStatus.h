// How a call of the bridge ends. Nothing throws across this header, and no thread-local "last error" exists.
#ifndef CDCMTK_STATUS_H
#define CDCMTK_STATUS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Whose fault a failure is decides what the caller does about it (docs/STYLE.md, errors).
typedef enum {
    CDCMTK_OK = 0,
    CDCMTK_BAD_DATA = 1,     // the object or the peer's bytes break the standard
    CDCMTK_UNSUPPORTED = 2,  // legal, but no codec or no such feature here
    CDCMTK_WORLD = 3,        // disk, network, memory: may succeed later
    CDCMTK_LIMIT = 4,        // a named maximum of the caller was reached
    CDCMTK_ABSENT = 5,       // the element, frame or item asked for is not there
} cdcmtk_code;

typedef struct {
    cdcmtk_code code;
    uint32_t tag;     // (group << 16 | element) the failure is about, 0 where there is none
    char text[192];   // NUL-terminated UTF-8 reason; never an element's value, so it can be logged
} cdcmtk_status;

#ifdef __cplusplus
}
#endif

#endif
