// Counting samples and looking them up; see CKPatterns.h. Four are read at once: the loads are what takes the time.
#include "CKPatterns.h"

#include <string.h>

static uint64_t four_at(const uint16_t *patterns) {
    uint64_t four;
    memcpy(&four, patterns, sizeof four);
    return four;
}

void ck_count_patterns(const uint16_t *patterns, size_t count, uint32_t *counts) {
    // Four tables in turn: neighbours are often equal, and adding to one place again waits for the first to be done. They
    // lie apart by an odd number of cache lines: a load whose address has the last twelve bits of a store before it waits too.
    enum { APART = CK_PATTERN_COUNTERS / 4 };
    memset(counts, 0, CK_PATTERN_COUNTERS * sizeof *counts);
    size_t index = 0;
    for (; index + 4 <= count; index += 4) {
        uint64_t four = four_at(patterns + index);
        ++counts[four & 0xFFFF];
        ++counts[APART + (four >> 16 & 0xFFFF)];
        ++counts[2 * APART + (four >> 32 & 0xFFFF)];
        ++counts[3 * APART + (four >> 48)];
    }
    for (; index < count; ++index) ++counts[patterns[index]];
    for (size_t pattern = 0; pattern < CK_PATTERNS; ++pattern)
        counts[pattern] += counts[APART + pattern] + counts[2 * APART + pattern] + counts[3 * APART + pattern];
}

void ck_look_up_patterns(const uint16_t *patterns, size_t count, const float *table, float *values) {
    size_t index = 0;
    for (; index + 4 <= count; index += 4) {
        uint64_t four = four_at(patterns + index);
        values[index] = table[four & 0xFFFF];
        values[index + 1] = table[four >> 16 & 0xFFFF];
        values[index + 2] = table[four >> 32 & 0xFFFF];
        values[index + 3] = table[four >> 48];
    }
    for (; index < count; ++index) values[index] = table[patterns[index]];
}
