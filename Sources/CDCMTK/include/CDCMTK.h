// The bridge's umbrella: DCMTK behind plain C. Each header is one subject.
#ifndef CDCMTK_H
#define CDCMTK_H

#include "CDCMTKDataset.h"
#include "CDCMTKReport.h"
#include "CDCMTKStatus.h"
#include "CDCMTKVersion.h"

#endif
