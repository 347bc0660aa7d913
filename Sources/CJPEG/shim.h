// libjpeg-turbo through its TurboJPEG API: it returns codes. libjpeg itself reports errors through setjmp and longjmp,
// which must not cross Swift frames.
#include <turbojpeg.h>
