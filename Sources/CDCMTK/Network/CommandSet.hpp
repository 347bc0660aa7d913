// DIMSE command sets (PS3.7 6.3, annex E): a few elements of group 0000 in implicit VR little endian.
#ifndef GLENOID_COMMAND_SET_HPP
#define GLENOID_COMMAND_SET_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace glenoid {

// PS3.7 E.1, Command Field.
enum CommandField : uint16_t {
    storeRequest = 0x0001,
    echoRequest = 0x0030,
    cancelRequest = 0x0FFF,
    responseBit = 0x8000,
};

// PS3.7 annex C and PS3.4 B.2.3.
enum Status : uint16_t {
    statusSuccess = 0x0000,
    statusInvalidInstance = 0x0117,
    statusClassNotSupported = 0x0122,
    statusUnrecognisedOperation = 0x0211,
    statusOutOfResources = 0xA700,
    statusCannotUnderstand = 0xC000,
};

struct CommandSet {
    uint16_t field = 0;
    uint16_t messageID = 0;           // of a request
    uint16_t respondedMessageID = 0;  // of a response
    uint16_t status = 0;              // of a response
    bool hasDataSet = false;
    std::string sopClassUID;
    std::string sopInstanceUID;

    bool isResponse() const { return (field & responseBit) != 0; }
};

// The largest command set that is read; real ones have a few hundred bytes.
constexpr size_t commandBytesMax = 16384;

// Reads a command set. False where it is malformed or lacks what every message must have.
bool parseCommand(const std::vector<uint8_t> &bytes, CommandSet &command);

// Writes a request or a response, with the elements that its kind has.
std::vector<uint8_t> encodeCommand(const CommandSet &command);

// Whether a status means that the object was taken: success or a warning (PS3.7 annex C).
bool isTaken(uint16_t status);

}  // namespace glenoid

#endif
