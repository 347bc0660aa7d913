// The bits of a JPEG-LS scan (ITU-T T.87 A.1, D.1).
#ifndef GLENOID_JPEGLS_BITS_HPP
#define GLENOID_JPEGLS_BITS_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace glenoid {

// Reads entropy-coded bits, most significant first, up to the next marker.
//
// T.87 A.1: a byte FFH is followed by a byte whose most significant bit is 0 and carries no data; FFH followed by a
// larger byte is a marker. Behind the data only zero bits come, and `overran` says so: the caller checks once a line.
class BitReader {
public:
    BitReader(const uint8_t *bytes, const uint8_t *end) : position(bytes), end(end) {}

    // Makes sure that at least 56 bits can be taken.
    inline void refill() {
        if (valid > 56) return;
        if (end - position >= 8 && !afterFF) {
            uint64_t word;
            std::memcpy(&word, position, 8);
            if (!hasFF(word)) {
                word = __builtin_bswap64(word);
                cache |= word >> valid;
                const int bytes = (64 - valid) >> 3;
                position += bytes;
                valid += 8 * bytes;
                // Only whole bytes count: what lies below them is taken in again by the next refill.
                cache &= valid == 64 ? ~0ull : ~(~0ull >> valid);
                return;
            }
        }
        refillByByte();
    }

    // The next bits without taking them; the top bit is the first. Valid for the bits that `refill` promised.
    inline uint64_t peek() const { return cache; }

    inline void skip(int bits) {
        cache = bits < 64 ? cache << bits : 0;
        valid -= bits;
    }

    // Takes `bits`, at most 32, of those that were refilled.
    inline uint32_t take(int bits) {
        if (bits == 0) return 0;
        const uint32_t value = static_cast<uint32_t>(cache >> (64 - bits));
        skip(bits);
        return value;
    }

    // Whether more bits were taken than there are.
    bool overran() const { return invented > valid; }

    // Where the marker is that ends the data. Steps over what was not read.
    const uint8_t *marker() const {
        const uint8_t *byte = position;
        while (end - byte >= 2 && !(byte[0] == 0xFF && byte[1] >= 0x80)) ++byte;
        return byte;
    }

private:
    static bool hasFF(uint64_t word) {
        const uint64_t inverted = ~word;
        return ((inverted - 0x0101010101010101ull) & ~inverted & 0x8080808080808080ull) != 0;
    }

    // Whether the data ends here: nothing is left, or FFH and a byte that makes it a marker.
    bool atMarker() const {
        return position == end || (*position == 0xFF && (end - position < 2 || position[1] >= 0x80));
    }

    void refillByByte() {
        while (valid <= 56) {
            if (atMarker()) {
                invented += 64 - valid;
                valid = 64;
                return;
            }
            const uint8_t byte = *position++;
            if (afterFF) {
                cache |= static_cast<uint64_t>(byte) << (57 - valid);
                valid += 7;
            } else {
                cache |= static_cast<uint64_t>(byte) << (56 - valid);
                valid += 8;
            }
            afterFF = byte == 0xFF;
        }
    }

    const uint8_t *position;
    const uint8_t *end;
    uint64_t cache = 0;
    int valid = 0;          // bits in the cache, invented ones included
    int64_t invented = 0;   // zero bits that were put in behind the end
    bool afterFF = false;   // whether the last byte was FFH
};

}  // namespace glenoid

#endif
