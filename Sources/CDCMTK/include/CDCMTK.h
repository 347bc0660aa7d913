// The bridge's umbrella: DCMTK behind plain C. Each header is one subject.
#ifndef CDCMTK_H
#define CDCMTK_H

#include "CDCMTKCodec.h"
#include "CDCMTKCapture.h"
#include "CDCMTKComposition.h"
#include "CDCMTKDataset.h"
#include "CDCMTKNetwork.h"
#include "CDCMTKProvider.h"
#include "CDCMTKReport.h"
#include "CDCMTKStatus.h"
#include "CDCMTKUser.h"
#include "CDCMTKVersion.h"

#endif
