// Hot loops in C: what Swift cannot aim at a CPU. Nothing here allocates, keeps state or knows of networks.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "CKConvert.h"
#include "CKFused.h"
#include "CKKernels.h"
#include "CKPack.h"
#include "CKPages.h"
#include "CKPatterns.h"
#include "CKReference.h"
#include "CKResample.h"
#include "CKSpin.h"
#include "CKSubnormals.h"
#include "CKTrain.h"

#endif
