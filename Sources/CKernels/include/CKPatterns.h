// Samples of sixteen bits by their bit patterns.
#ifndef CK_PATTERNS_H
#define CK_PATTERNS_H

#include <stddef.h>
#include <stdint.h>

enum {
    /// How many bit patterns there are.
    CK_PATTERNS = 65536,
    /// Counters that `ck_count_patterns` needs.
    CK_PATTERN_COUNTERS = 4 * (CK_PATTERNS + 80),
};

/// How often each pattern occurs: counts[p] for p in 0..<CK_PATTERNS, at most 2³² − 1 in all. `counts` has
/// CK_PATTERN_COUNTERS places; what is behind the first CK_PATTERNS is scratch.
void ck_count_patterns(const uint16_t *patterns, size_t count, uint32_t *counts);

/// values[i] = table[patterns[i]]; `table` has CK_PATTERNS values.
void ck_look_up_patterns(const uint16_t *patterns, size_t count, const float *table, float *values);

#endif
