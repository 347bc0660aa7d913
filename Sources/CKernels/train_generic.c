// The training passes for any processor.
#define TRAIN_TARGET
#define TRAIN_NAME(x) ck_train_##x##_generic
#define TRAIN_LABEL "generic"
#include "train_body.h"
