// DCMTK's version.
#ifndef CDCMTK_VERSION_H
#define CDCMTK_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

// The version of the DCMTK this program was compiled with, e.g. "3.6.7"; a static string.
const char *cdcmtk_version(void);

#ifdef __cplusplus
}
#endif

#endif
