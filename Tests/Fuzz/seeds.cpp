// Writes a few JPEG 2000 codestreams as seeds, in the form that the codec target reads.
// usage: seeds FOLDER
#include <cstdio>
#include <string>
#include <vector>

extern "C" {
#include "CEncoders.h"
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    const uint32_t side = 32;
    int failures = 0;
    for (uint32_t bits : {8u, 12u, 16u}) {
        for (bool lossy : {false, true}) {
            std::vector<int32_t> samples(side * side);
            for (uint32_t index = 0; index < side * side; ++index)
                samples[index] = static_cast<int32_t>((index * 37 + index / side * 11) & ((1u << bits) - 1));
            std::vector<uint8_t> bytes(1 << 16);
            const cencoders_image image{side, side, 1, bits, false, lossy, false};
            const size_t length = cencoders_jpeg2000(image, samples.data(), bytes.data(), bytes.size());
            const std::string path = std::string(arguments[1]) + "/j2k-" + std::to_string(bits) + (lossy ? "-lossy" : "");
            std::FILE *file = std::fopen(path.c_str(), "wb");
            if (length == 0 || file == nullptr) return 1;
            const uint8_t header[6] = {3, side - 1, side - 1, 0, static_cast<uint8_t>(bits == 8 ? 0 : 1), 0};
            failures += std::fwrite(header, 1, 6, file) != 6 || std::fwrite(bytes.data(), 1, length, file) != length;
            std::fclose(file);
        }
    }
    return failures;
}
