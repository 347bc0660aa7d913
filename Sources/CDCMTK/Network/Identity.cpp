#include "Identity.hpp"

#include <cstring>

namespace glenoid {
namespace {

constexpr const char *implicitLittleEndian = "1.2.840.10008.1.2";
constexpr const char *deflatedLittleEndian = "1.2.840.10008.1.2.1.99";
constexpr const char *explicitBigEndian = "1.2.840.10008.1.2.2";

constexpr uint32_t sopClassTag = 0x00080016;
constexpr uint32_t sopInstanceTag = 0x00080018;
constexpr uint32_t undefinedLength = 0xFFFFFFFF;

struct Element {
    uint32_t tag;
    uint32_t length;
    size_t valueOffset;
};

enum class Step { element, needsMore, malformed };

class Reader {
public:
    Reader(const std::vector<uint8_t> &bytes, bool isExplicit, bool isBigEndian)
        : bytes_(bytes), isExplicit_(isExplicit), isBigEndian_(isBigEndian) {}

    Step read(size_t offset, Element &element) const {
        if (bytes_.size() - offset < 8) return Step::needsMore;
        element.tag = word(offset) << 16 | word(offset + 2);
        if (!isExplicit_) {
            element.length = doubleWord(offset + 4);
            element.valueOffset = offset + 8;
            return Step::element;
        }
        const char *representation = reinterpret_cast<const char *>(bytes_.data() + offset + 4);
        if (!isUpper(representation[0]) || !isUpper(representation[1])) return Step::malformed;
        if (!hasLongLength(representation)) {
            element.length = word(offset + 6);
            element.valueOffset = offset + 8;
            return Step::element;
        }
        if (bytes_.size() - offset < 12) return Step::needsMore;
        element.length = doubleWord(offset + 8);
        element.valueOffset = offset + 12;
        return Step::element;
    }

    std::string text(const Element &element) const {
        size_t length = element.length;
        const char *start = reinterpret_cast<const char *>(bytes_.data() + element.valueOffset);
        while (length > 0 && (start[length - 1] == '\0' || start[length - 1] == ' ')) --length;
        return std::string(start, length);
    }

private:
    static bool isUpper(char character) { return character >= 'A' && character <= 'Z'; }

    // PS3.5 7.1.2: these value representations have two reserved bytes and a length of four.
    static bool hasLongLength(const char *representation) {
        static const char *const names[] = {
            "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"};
        for (const char *name : names) {
            if (std::memcmp(name, representation, 2) == 0) return true;
        }
        return false;
    }

    uint32_t word(size_t offset) const {
        uint32_t first = bytes_[offset];
        uint32_t second = bytes_[offset + 1];
        return isBigEndian_ ? first << 8 | second : second << 8 | first;
    }
    uint32_t doubleWord(size_t offset) const {
        return isBigEndian_ ? word(offset) << 16 | word(offset + 2) : word(offset + 2) << 16 | word(offset);
    }

    const std::vector<uint8_t> &bytes_;
    const bool isExplicit_;
    const bool isBigEndian_;
};

}  // namespace

cdcmtk_identity identify(
    const std::vector<uint8_t> &prefix, bool isComplete, const std::string &transferSyntaxUID,
    const std::string &sopClassUID, const std::string &sopInstanceUID) {
    if (transferSyntaxUID == deflatedLittleEndian) return CDCMTK_IDENTITY_UNKNOWN;
    Reader reader(prefix, transferSyntaxUID != implicitLittleEndian, transferSyntaxUID == explicitBigEndian);
    const cdcmtk_identity ended = isComplete ? CDCMTK_IDENTITY_UNREADABLE : CDCMTK_IDENTITY_UNKNOWN;
    bool hasClass = false;
    size_t offset = 0;
    uint32_t lastTag = 0;
    while (offset < prefix.size()) {
        Element element{};
        Step step = reader.read(offset, element);
        if (step == Step::malformed) return CDCMTK_IDENTITY_UNREADABLE;
        if (step == Step::needsMore) return ended;
        // Descending tags, or a first group that no data set begins with: noise, or the wrong transfer syntax.
        if (element.tag < lastTag || element.tag < 0x00040000) return CDCMTK_IDENTITY_UNREADABLE;
        lastTag = element.tag;
        if (element.tag > sopInstanceTag) return CDCMTK_IDENTITY_ABSENT;
        if (element.length == undefinedLength) return CDCMTK_IDENTITY_UNKNOWN;
        if (element.length > prefix.size() - element.valueOffset) return ended;
        if (element.tag == sopClassTag) {
            if (reader.text(element) != sopClassUID) return CDCMTK_IDENTITY_DIFFERS;
            hasClass = true;
        }
        if (element.tag == sopInstanceTag) {
            if (reader.text(element) != sopInstanceUID) return CDCMTK_IDENTITY_DIFFERS;
            return hasClass ? CDCMTK_IDENTITY_CONFIRMED : CDCMTK_IDENTITY_ABSENT;
        }
        offset = element.valueOffset + element.length;
    }
    return isComplete ? CDCMTK_IDENTITY_ABSENT : CDCMTK_IDENTITY_UNKNOWN;
}

}  // namespace glenoid
