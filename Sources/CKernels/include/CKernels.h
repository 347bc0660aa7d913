// Hot loops in C; the table of them is chosen once at start.
#ifndef CKERNELS_H
#define CKERNELS_H
#endif
