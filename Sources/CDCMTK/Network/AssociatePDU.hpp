// The structure of A-ASSOCIATE-RQ and -AC PDUs (PS3.8 9.3.2, 9.3.3, annex D), checked before dcmnet parses them.
#ifndef GLENOID_ASSOCIATE_PDU_HPP
#define GLENOID_ASSOCIATE_PDU_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace glenoid {

struct ProposedContext {
    uint8_t id = 0;
    uint8_t result = 0;  // of an A-ASSOCIATE-AC
    std::string abstractSyntax;
    std::vector<std::string> transferSyntaxes;
};

struct AssociatePDU {
    uint16_t protocolVersion = 0;
    std::string calledAE;
    std::string callingAE;
    std::string applicationContext;
    std::vector<ProposedContext> contexts;
    uint32_t pduBytesMax = 0;  // 0: no maximum
    std::string implementationClassUID;
    std::string implementationVersion;
    // Where, in the body, the types of the items stand that are checked but not supported: role selection, extended
    // negotiation and user identity. dcmnet loses their memory when something else is wrong, so it is shown them as
    // items of a type that nobody knows. Not to answer them is to not support them (PS3.7 D.3.3.4, 5 and 7).
    std::vector<size_t> unsupportedItems;
};

// A type that no item has.
constexpr uint8_t unknownItem = 0xFF;

// The largest A-ASSOCIATE PDU that is read: 128 contexts with 50 transfer syntaxes each are less than half of it.
constexpr uint32_t associateBytesMax = 1 << 20;

// Reads the body (what follows the six bytes of the header). Returns nullptr, or what is wrong with it.
const char *parseAssociate(const uint8_t *body, size_t byteCount, bool isRequest, AssociatePDU &pdu);

}  // namespace glenoid

#endif
