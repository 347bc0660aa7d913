// The lines of a JPEG-LS scan (ITU-T T.87 annex A): prediction, contexts, Golomb codes, runs. Names are those of the
// standard.
#ifndef GLENOID_JPEGLS_SCAN_HPP
#define GLENOID_JPEGLS_SCAN_HPP

#include "JPEGLSBits.hpp"
#include "JPEGMarkers.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace glenoid {

// What all lines of a scan are decoded with (T.87 table 1 and annex C.2.4.1.1).
struct Coding {
    int32_t maxval = 0, t1 = 0, t2 = 0, t3 = 0, reset = 0;
    int32_t near = 0, range = 0, qbpp = 0, limit = 0;

    int32_t step() const { return 2 * near + 1; }
};

inline int bitLength(uint32_t number) { return number == 0 ? 0 : 32 - __builtin_clz(number); }

inline int32_t clamped(int32_t value, int32_t least, int32_t largest) {
    return value > largest || value < least ? least : value;
}

// The default thresholds (T.87 C.2.4.1.1.1).
inline void setDefaultThresholds(Coding &coding) {
    const int32_t maxval = coding.maxval, near = coding.near;
    if (maxval >= 128) {
        const int32_t factor = (std::min(maxval, 4095) + 128) / 256;
        coding.t1 = clamped(factor * (3 - 2) + 2 + 3 * near, near + 1, maxval);
        coding.t2 = clamped(factor * (7 - 3) + 3 + 5 * near, coding.t1, maxval);
        coding.t3 = clamped(factor * (21 - 4) + 4 + 7 * near, coding.t2, maxval);
    } else {
        const int32_t factor = 256 / (maxval + 1);
        coding.t1 = clamped(std::max(2, 3 / factor + 3 * near), near + 1, maxval);
        coding.t2 = clamped(std::max(3, 7 / factor + 5 * near), coding.t1, maxval);
        coding.t3 = clamped(std::max(4, 21 / factor + 7 * near), coding.t2, maxval);
    }
}

// The statistics of one context (T.87 A.2.1). `k` is kept ready because it is on the way of every sample.
struct Context {
    int32_t a = 0, b = 0;
    int32_t c = 0, n = 1;
    int32_t k = 0;

    void setK(int32_t sum) {
        k = std::max(0, bitLength(static_cast<uint32_t>(sum)) - bitLength(static_cast<uint32_t>(n)));
        if ((n << k) < sum) ++k;
    }
};

// T.87 A.2.1, table J: how long a run one bit stands for, as a power of two.
inline constexpr std::array<int, 32> runLengths = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
                                            4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// A line of samples with the neighbours that the first and last sample need.
class Line {
public:
    explicit Line(size_t columns) : samples(columns + 2, 0) {}
    // The sample at `column`, from −1 (left of the line) to the number of columns (right of it).
    uint16_t *begin() { return samples.data() + 1; }

private:
    std::vector<uint16_t> samples;
};

// Decodes the lines of one scan. `lossless` is NEAR = 0, in which a few steps fall away.
template <bool lossless>
class ScanDecoder {
public:
    ScanDecoder(const Coding &coding, BitReader &reader)
        : coding(coding), reader(reader),
          errorMax(std::min(2 * coding.range, (INT32_MAX - coding.range) / std::max(coding.reset, 1))) {
        const int32_t a = std::max(2, (coding.range + 32) / 64);
        for (Context &context : regular) {
            context.a = a;
            context.setK(a);
        }
        for (Context &context : interruption) context.a = a;
        buildQuantiser();
    }

    // One line of one component. `run` is the component's run index (T.87 A.7.1.1).
    void decodeLine(uint16_t *line, uint16_t *above, size_t columns, int &run) {
        above[columns] = above[columns - 1];
        line[-1] = above[0];
        const int32_t *quantise = quantiser.data() + coding.maxval;
        size_t column = 0;
        int32_t left = line[-1], c = above[-1], b = above[0];
        while (column < columns) {
            const int32_t d = above[column + 1];
            const int32_t q = 81 * quantise[d - b] + 9 * quantise[b - c] + quantise[c - left];
            if (q != 0) {
                left = regularSample(q, predicted(left, b, c));
                line[column++] = static_cast<uint16_t>(left);
                c = b;
                b = d;
            } else {
                column += decodeRun(line + column, above + column, columns - column, left, run);
                left = line[static_cast<ptrdiff_t>(column) - 1];
                c = above[static_cast<ptrdiff_t>(column) - 1];
                b = above[column];
            }
        }
    }

    // One line of pixels whose samples are interleaved (ILV = 2): runs are of whole pixels.
    void decodePixels(std::vector<Line> &line, std::vector<Line> &above, size_t columns, int &run) {
        const size_t components = line.size();
        for (size_t component = 0; component < components; ++component) {
            above[component].begin()[columns] = above[component].begin()[columns - 1];
            line[component].begin()[-1] = above[component].begin()[0];
        }
        const int32_t *quantise = quantiser.data() + coding.maxval;
        std::vector<int32_t> contexts(components);
        size_t column = 0;
        while (column < columns) {
            bool isFlat = true;
            for (size_t component = 0; component < components; ++component) {
                const uint16_t *here = line[component].begin() + column;
                const uint16_t *up = above[component].begin() + column;
                contexts[component] =
                    81 * quantise[up[1] - up[0]] + 9 * quantise[up[0] - up[-1]] + quantise[up[-1] - here[-1]];
                isFlat = isFlat && contexts[component] == 0;
            }
            if (isFlat) {
                column += decodePixelRun(line, above, column, columns - column, run);
                continue;
            }
            for (size_t component = 0; component < components; ++component) {
                uint16_t *here = line[component].begin() + column;
                const uint16_t *up = above[component].begin() + column;
                here[0] = static_cast<uint16_t>(
                    regularSample(contexts[component], predicted(here[-1], up[0], up[-1])));
            }
            ++column;
        }
    }

private:
    // Gradients to the nine regions of T.87 A.3.3, as a table from −MAXVAL to MAXVAL.
    void buildQuantiser() {
        quantiser.resize(2 * static_cast<size_t>(coding.maxval) + 1);
        for (int32_t gradient = -coding.maxval; gradient <= coding.maxval; ++gradient) {
            const int32_t size = std::abs(gradient);
            const int32_t region = size >= coding.t3 ? 4
                                   : size >= coding.t2 ? 3
                                   : size >= coding.t1 ? 2
                                   : size > coding.near ? 1
                                                        : 0;
            quantiser[static_cast<size_t>(gradient + coding.maxval)] = gradient < 0 ? -region : region;
        }
    }

    // The median edge detector (T.87 A.4.1).
    static int32_t predicted(int32_t a, int32_t b, int32_t c) {
        const int32_t smaller = std::min(a, b), larger = std::max(a, b);
        return c >= larger ? smaller : c <= smaller ? larger : a + b - c;
    }

    // A limited-length Golomb code (T.87 A.5.3).
    int32_t golomb(int32_t k, int32_t limit) {
        reader.refill();
        const int32_t escape = limit - coding.qbpp - 1;
        const int32_t zeros = reader.peek() == 0 ? 64 : __builtin_clzll(reader.peek());
        if (zeros < escape) {
            reader.skip(zeros + 1);
            if (zeros + 1 + k > 56) reader.refill();
            return (zeros << k) + static_cast<int32_t>(reader.take(k));
        }
        reader.skip(escape + 1);
        reader.refill();
        return static_cast<int32_t>(reader.take(coding.qbpp)) + 1;
    }

    // Keeps an error within what any encoder writes, and so small that no sum of `reset` of them overflows.
    int32_t checked(int32_t error) const {
        if (error > errorMax || error < -errorMax)
            fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: the data is damaged");
        return error;
    }

    // The sample that a prediction and an error give (T.87 A.4.4, A.4.5).
    int32_t reconstructed(int32_t prediction, int32_t error) const {
        int32_t value = prediction + (lossless ? error : error * coding.step());
        if (value < (lossless ? 0 : -coding.near)) {
            value += coding.range * (lossless ? 1 : coding.step());
        } else if (value > coding.maxval + (lossless ? 0 : coding.near)) {
            value -= coding.range * (lossless ? 1 : coding.step());
        }
        return std::clamp(value, 0, coding.maxval);
    }

    // One sample in regular mode (T.87 A.4 to A.6).
    int32_t regularSample(int32_t q, int32_t prediction) {
        const int32_t sign = q < 0 ? -1 : 0;  // x ^ sign − sign is x or −x
        Context &context = regular[static_cast<size_t>((q ^ sign) - sign)];
        const int32_t corrected = std::clamp(prediction + ((context.c ^ sign) - sign), 0, coding.maxval);
        const int32_t mapped = golomb(context.k, coding.limit);
        // T.87 A.5.2: even numbers are errors ≥ 0, odd ones errors < 0 …
        int32_t error = (mapped >> 1) ^ -(mapped & 1);
        // … but the other way round where that is likelier (k = 0 and a negative bias).
        if (lossless && context.k == 0 && 2 * context.b <= -context.n) error = -error - 1;
        update(context, checked(error));
        return reconstructed(corrected, (error ^ sign) - sign);
    }

    // T.87 A.6.
    void update(Context &context, int32_t error) {
        context.b += lossless ? error : error * coding.step();
        context.a += std::abs(error);
        if (context.n == coding.reset) {
            context.a >>= 1;
            context.b >>= 1;
            context.n >>= 1;
        }
        ++context.n;
        if (context.b <= -context.n) {
            context.b = std::max(context.b + context.n, 1 - context.n);
            if (context.c > -128) --context.c;
        } else if (context.b > 0) {
            context.b = std::min(context.b - context.n, 0);
            if (context.c < 127) ++context.c;
        }
        context.setK(context.a);
    }

    // The length of a run of at most `left` samples (T.87 A.7.1.2); `run` is the run index.
    size_t runLength(size_t left, int &run) {
        size_t length = 0;
        for (;;) {
            reader.refill();
            if (reader.take(1) == 0) {
                const int bits = runLengths[static_cast<size_t>(run)];
                length += reader.take(bits);
                if (length > left) fail(CDCMTK_BAD_DATA, pixelDataTag, "JPEG-LS: the data is damaged");
                return length;
            }
            const size_t part = size_t{1} << runLengths[static_cast<size_t>(run)];
            if (part > left - length) return left;
            length += part;
            if (run < 31) ++run;
            if (length == left) return left;
        }
    }

    // A run and the sample that ends it; gives how many samples that were.
    size_t decodeRun(uint16_t *line, const uint16_t *above, size_t columns, int32_t left, int &run) {
        const size_t length = runLength(columns, run);
        std::fill_n(line, length, static_cast<uint16_t>(left));
        if (length == columns) return length;
        line[length] = static_cast<uint16_t>(interruptionSample(left, above[length], run));
        if (run > 0) --run;
        return length + 1;
    }

    // The same for whole pixels: every component's sample that ends the run has the statistics of unequal
    // neighbours (T.87 A.7.2 with RItype 0, as sample interleaving demands).
    size_t decodePixelRun(
        std::vector<Line> &line, std::vector<Line> &above, size_t column, size_t columns, int &run) {
        const size_t length = runLength(columns, run);
        for (size_t component = 0; component < line.size(); ++component) {
            uint16_t *here = line[component].begin() + column;
            std::fill_n(here, length, here[-1]);
        }
        if (length == columns) return length;
        for (size_t component = 0; component < line.size(); ++component) {
            uint16_t *here = line[component].begin() + column + length;
            const int32_t a = here[-1], b = above[component].begin()[column + length];
            const int32_t error = interruptionError(0, run);
            here[0] = static_cast<uint16_t>(reconstructed(b, a > b ? -error : error));
        }
        if (run > 0) --run;
        return length + 1;
    }

    // The sample that ends a run (T.87 A.7.2).
    int32_t interruptionSample(int32_t a, int32_t b, int run) {
        const int type = std::abs(a - b) <= coding.near ? 1 : 0;
        const int32_t error = interruptionError(type, run);
        if (type == 1) return reconstructed(a, error);
        return reconstructed(b, a > b ? -error : error);
    }

    int32_t interruptionError(int type, int run) {
        Context &context = interruption[static_cast<size_t>(type)];
        context.setK(type == 0 ? context.a : context.a + (context.n >> 1));
        const int32_t mapped = golomb(context.k, coding.limit - runLengths[static_cast<size_t>(run)] - 1);
        // T.87 A.7.2.1 the other way round; `b` counts the negative errors (Nn).
        const int32_t sum = mapped + type;
        const int32_t map = sum & 1;
        const int32_t size = (sum + map) / 2;
        const bool isNegative = (context.k != 0 || 2 * context.b >= context.n) == (map == 1);
        const int32_t error = checked(isNegative ? -size : size);
        if (error < 0) ++context.b;
        context.a += (mapped + 1 - type) >> 1;
        if (context.n == coding.reset) {
            context.a >>= 1;
            context.b >>= 1;
            context.n >>= 1;
        }
        ++context.n;
        return error;
    }

    const Coding coding;
    BitReader &reader;
    const int32_t errorMax;
    std::array<Context, 365> regular;
    std::array<Context, 2> interruption;
    std::vector<int32_t> quantiser;
};

}  // namespace glenoid

#endif
