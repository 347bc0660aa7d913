// DCMTK's version, for the logs and for the implementation version name of our associations.
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcuid.h"
#include "CDCMTKVersion.h"

const char *cdcmtk_version(void) { return OFFIS_DCMTK_VERSION_STRING; }
