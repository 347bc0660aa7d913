// Every kernel of a table against the scalar table, and against itself under other cuts of the work.
//
// In C, so that the same list runs natively in the suite and, for AArch64, under qemu (see run-neon).
#ifndef KERNEL_TWINS_H
#define KERNEL_TWINS_H

/// Receives one line for each case that failed.
typedef void (*twins_report)(const char *text, void *context);

/// Runs all cases on the table of that name. Returns how many ran; 0 when this CPU has no such table.
int twins_compare(const char *table, twins_report report, void *context);

#endif
