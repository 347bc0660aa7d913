// dcmnet's side of an association: its network and association handles, over a link of ours.
#ifndef GLENOID_DCMNET_HPP
#define GLENOID_DCMNET_HPP

#include "../Guard.hpp"
#include "dcmtk/dcmnet/assoc.h"
#include "dcmtk/dcmnet/dcmlayer.h"

#include <memory>
#include <string>
#include <vector>

#include "Link.hpp"

namespace glenoid {

// A fragment of a message (PS3.8 annex E), valid until the next call.
struct Fragment {
    const uint8_t *bytes = nullptr;
    size_t byteCount = 0;
    uint8_t context = 0;
    bool isCommand = false;
    bool isLast = false;
};

class Dcmnet {
public:
    // What the next thing on an association is.
    enum class Next { fragment, release, abort, trouble };

    Dcmnet() = default;
    ~Dcmnet();
    Dcmnet(const Dcmnet &) = delete;
    Dcmnet &operator=(const Dcmnet &) = delete;

    // Reads the A-ASSOCIATE-RQ from a connection that was accepted already.
    OFCondition receiveRequest(Link &link, int socket, uint32_t pduBytesMax);
    // Connects, sends the A-ASSOCIATE-RQ that `params` describe, and reads the answer. Takes over `params`. The link
    // is null where there was no connection.
    OFCondition request(
        T_ASC_Parameters *params, int connectSeconds, uint32_t pduBytesMax, const cdcmtk_timeouts &timeouts,
        std::unique_ptr<Link> &link);

    T_ASC_Association *association() const { return association_; }
    T_ASC_Parameters &params() const { return *association_->params; }

    // The next fragment, or why there is none.
    Next next(Link &link, Fragment &fragment);
    // Sends bytes as fragments of the largest even length that the peer takes. False: the link is in trouble.
    bool send(Link &link, uint8_t context, bool isCommand, bool isLast, const uint8_t *bytes, size_t byteCount);

    // The largest fragment that the peer takes; even, as PS3.8 annex E wants it.
    size_t fragmentBytesMax() const;

private:
    Next nextOfControl(Link &link);

    T_ASC_Network *network_ = nullptr;
    T_ASC_Association *association_ = nullptr;
    std::unique_ptr<DcmTransportLayer> layer_;
    std::vector<uint8_t> pdu_;  // the P-DATA-TF PDU in hand
    size_t pduBytes_ = 0;
    size_t pduOffset_ = 0;
};

}  // namespace glenoid

#endif
