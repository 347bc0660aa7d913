#include "CommandSet.hpp"

namespace glenoid {
namespace {

// PS3.7 E.1: elements of group 0000.
constexpr uint16_t groupLength = 0x0000;
constexpr uint16_t affectedSOPClassUID = 0x0002;
constexpr uint16_t requestedSOPClassUID = 0x0003;
constexpr uint16_t commandField = 0x0100;
constexpr uint16_t messageID = 0x0110;
constexpr uint16_t messageIDBeingRespondedTo = 0x0120;
constexpr uint16_t priority = 0x0700;
constexpr uint16_t commandDataSetType = 0x0800;
constexpr uint16_t statusElement = 0x0900;
constexpr uint16_t affectedSOPInstanceUID = 0x1000;

constexpr uint16_t noDataSet = 0x0101;
constexpr size_t elementHeadBytes = 8;

uint16_t littleWord(const uint8_t *bytes) { return static_cast<uint16_t>(bytes[0] | bytes[1] << 8); }

void append(std::vector<uint8_t> &bytes, uint32_t value, size_t byteCount) {
    for (size_t index = 0; index < byteCount; ++index) bytes.push_back(static_cast<uint8_t>(value >> 8 * index));
}

void appendHead(std::vector<uint8_t> &bytes, uint16_t element, size_t length) {
    append(bytes, 0, 2);
    append(bytes, element, 2);
    append(bytes, static_cast<uint32_t>(length), 4);
}

void appendWord(std::vector<uint8_t> &bytes, uint16_t element, uint16_t value) {
    appendHead(bytes, element, 2);
    append(bytes, value, 2);
}

void appendUID(std::vector<uint8_t> &bytes, uint16_t element, const std::string &uid) {
    if (uid.empty()) return;
    appendHead(bytes, element, uid.size() + uid.size() % 2);
    bytes.insert(bytes.end(), uid.begin(), uid.end());
    if (uid.size() % 2 != 0) bytes.push_back(0);
}

std::string uid(const uint8_t *bytes, size_t count) {
    while (count > 0 && (bytes[count - 1] == 0 || bytes[count - 1] == ' ')) --count;
    return std::string(reinterpret_cast<const char *>(bytes), count);
}

}  // namespace

bool parseCommand(const std::vector<uint8_t> &bytes, CommandSet &command) {
    bool hasField = false;
    bool hasMessageID = false;
    bool hasDataSetType = false;
    bool hasStatus = false;
    size_t offset = 0;
    while (offset < bytes.size()) {
        if (bytes.size() - offset < elementHeadBytes) return false;
        const uint8_t *head = bytes.data() + offset;
        uint16_t element = littleWord(head + 2);
        size_t length = littleWord(head + 4) | static_cast<size_t>(littleWord(head + 6)) << 16;
        offset += elementHeadBytes;
        if (littleWord(head) != 0 || length > bytes.size() - offset) return false;
        const uint8_t *value = bytes.data() + offset;
        offset += length;
        uint16_t word = length >= 2 ? littleWord(value) : 0;
        switch (element) {
        case commandField:
            hasField = length == 2;
            command.field = word;
            break;
        case messageID:
            hasMessageID |= length == 2;
            command.messageID = word;
            break;
        case messageIDBeingRespondedTo:
            hasMessageID |= length == 2;
            command.respondedMessageID = word;
            break;
        case commandDataSetType:
            hasDataSetType = length == 2;
            command.hasDataSet = word != noDataSet;
            break;
        case statusElement:
            hasStatus = length == 2;
            command.status = word;
            break;
        case affectedSOPClassUID:
        case requestedSOPClassUID: command.sopClassUID = uid(value, length); break;
        case affectedSOPInstanceUID: command.sopInstanceUID = uid(value, length); break;
        default: break;
        }
    }
    // PS3.7 9.3 and 10.3: every response has a status. Without one it is no success.
    return hasField && hasMessageID && hasDataSetType && (hasStatus || !command.isResponse());
}

std::vector<uint8_t> encodeCommand(const CommandSet &command) {
    std::vector<uint8_t> elements;
    appendUID(elements, affectedSOPClassUID, command.sopClassUID);
    appendWord(elements, commandField, command.field);
    if (command.isResponse()) {
        appendWord(elements, messageIDBeingRespondedTo, command.respondedMessageID);
    } else {
        appendWord(elements, messageID, command.messageID);
        if (command.field == storeRequest) appendWord(elements, priority, 0);  // medium
    }
    appendWord(elements, commandDataSetType, command.hasDataSet ? 0 : noDataSet);
    if (command.isResponse()) appendWord(elements, statusElement, command.status);
    appendUID(elements, affectedSOPInstanceUID, command.sopInstanceUID);

    std::vector<uint8_t> bytes;
    appendHead(bytes, groupLength, 4);
    append(bytes, static_cast<uint32_t>(elements.size()), 4);
    bytes.insert(bytes.end(), elements.begin(), elements.end());
    return bytes;
}

bool isTaken(uint16_t status) {
    // Warnings: 0x0001, 0x0107, 0x0116, and the B000 range.
    return status == statusSuccess || status == 0x0001 || status == 0x0107 || status == 0x0116
        || (status & 0xF000) == 0xB000;
}

}  // namespace glenoid
