#include "Dcmnet.hpp"

#include "dcmtk/dcmnet/cond.h"
#include "dcmtk/dcmnet/dcmtrans.h"
#include "dcmtk/dcmnet/dul.h"

#include "CDCMTKDataset.h"

#include <algorithm>
#include <functional>
#include <mutex>

namespace glenoid {
namespace {

// dcmnet's view of a link. Closing is left to the link's owner, who may have an A-ABORT to send first.
class LinkConnection : public DcmTransportConnection {
public:
    LinkConnection(DcmNativeSocketType socket, Link &link) : DcmTransportConnection(socket), link_(link) {}

    OFCondition serverSideHandshake() override { return EC_Normal; }
    OFCondition clientSideHandshake() override { return EC_Normal; }
    OFCondition renegotiate(const char *) override { return EC_Normal; }
    ssize_t read(void *target, size_t count) override { return link_.read(target, count); }
    ssize_t write(void *source, size_t count) override { return link_.write(source, count); }
    void close() override {}
    void closeTransportConnection() override {}
    unsigned long getPeerCertificateLength() override { return 0; }
    unsigned long getPeerCertificate(void *, unsigned long) override { return 0; }
    // The link's own deadlines hold in the read that follows.
    OFBool networkDataAvailable(int) override { return OFTrue; }
    OFBool isTransparentConnection() override { return OFTrue; }
    OFString &dumpConnectionParameters(OFString &text) override { return text; }

private:
    Link &link_;
};

// Hands dcmnet the connection for a socket; `onSocket` returns the link, and may not throw.
class LinkLayer : public DcmTransportLayer {
public:
    explicit LinkLayer(std::function<Link *(DcmNativeSocketType)> onSocket) : onSocket_(std::move(onSocket)) {}

    DcmTransportConnection *createConnection(DcmNativeSocketType socket, OFBool) override {
        try {
            Link *link = onSocket_(socket);
            return link != nullptr ? new LinkConnection(socket, *link) : nullptr;
        } catch (...) {
            return nullptr;  // dcmnet closes the socket and reports that it has no connection
        }
    }

private:
    std::function<Link *(DcmNativeSocketType)> onSocket_;
};

constexpr DcmNativeSocketType noSocket = -1;

// dcmnet 3.6.7 accepts a connection and reads its A-ASSOCIATE-RQ in one call, unless this global names a socket
// that is connected already. It is read once, at the beginning of that call, just before dcmnet asks the transport
// layer for its connection; so the lock is held from setting it until then, and never while bytes are awaited.
std::mutex externalSocketMutex;

void initialise() {
    static std::once_flag once;
    std::call_once(once, [] {
        // Silences DCMTK's log. It also looks for the data dictionary, which the network does without.
        cdcmtk_initialise();
        // A name server that does not answer must not hold up an association.
        dcmDisableGethostbyaddr.set(OFTrue);
        dcmAssociatePDUSizeLimit.set(associateBytesMax);
        // The state machine's tables are built by the first network, behind a counter without a lock.
        T_ASC_Network *first = nullptr;
        if (ASC_initializeNetwork(NET_REQUESTOR, 0, 1, &first).good()) ASC_dropNetwork(&first);
    });
}

}  // namespace

Dcmnet::~Dcmnet() {
    ASC_destroyAssociation(&association_);
    ASC_dropNetwork(&network_);
}

OFCondition Dcmnet::receiveRequest(Link &link, int socket, uint32_t pduBytesMax) {
    initialise();
    std::unique_lock<std::mutex> lock(externalSocketMutex);
    auto release = [&lock] {
        dcmExternalSocketHandle.set(noSocket);
        lock.unlock();
    };
    layer_ = std::make_unique<LinkLayer>([&](DcmNativeSocketType) {
        release();
        return &link;
    });
    dcmExternalSocketHandle.set(socket);
    // With an external socket the network opens none of its own. Its time-out is not used: the link's are.
    OFCondition condition = ASC_initializeNetwork(NET_ACCEPTOR, 0, 1, &network_);
    if (condition.good()) condition = ASC_setTransportLayer(network_, layer_.get(), 0);
    if (condition.good()) condition = ASC_receiveAssociation(network_, &association_, pduBytesMax);
    if (lock.owns_lock()) release();
    return condition;
}

OFCondition Dcmnet::request(
    T_ASC_Parameters *params, int connectSeconds, uint32_t pduBytesMax, const cdcmtk_timeouts &timeouts,
    std::unique_ptr<Link> &link) {
    initialise();
    layer_ = std::make_unique<LinkLayer>([&](DcmNativeSocketType socket) {
        link = std::make_unique<Link>(socket, Link::Phase::awaitingAnswer, pduBytesMax, timeouts);
        return link.get();
    });
    OFCondition condition = ASC_initializeNetwork(NET_REQUESTOR, 0, 1, &network_);
    if (condition.good()) condition = ASC_setTransportLayer(network_, layer_.get(), 0);
    if (condition.bad()) {
        ASC_destroyAssociationParameters(&params);
        return condition;
    }
    // A global of dcmnet, read once at the beginning of the call: two destinations that connect in the same
    // microsecond with different settings may swap them, and nothing worse.
    dcmConnectionTimeout.set(connectSeconds);
    return ASC_requestAssociation(network_, params, &association_);
}

Dcmnet::Next Dcmnet::next(Link &link, Fragment &fragment) {
    if (pduOffset_ == pduBytes_) {
        PDUType type;
        if (!link.peek(type)) return Next::trouble;
        if (type != PDUType::data) return nextOfControl(link);
        pduOffset_ = pduBytes_ = 0;
        if (!link.takeData(pdu_, pduBytes_)) {
            pduBytes_ = 0;
            return Next::trouble;
        }
    }
    // PS3.8 9.3.5.1 and annex E.2; the link has checked that the lengths add up.
    const uint8_t *head = pdu_.data() + pduOffset_;
    uint32_t length = static_cast<uint32_t>(head[0]) << 24 | head[1] << 16 | head[2] << 8 | head[3];
    fragment.context = head[4];
    fragment.isCommand = (head[5] & 1) != 0;
    fragment.isLast = (head[5] & 2) != 0;
    fragment.bytes = head + 6;
    fragment.byteCount = length - 2;
    pduOffset_ += 4 + length;
    return Next::fragment;
}

// A PDU without data, which goes through dcmnet's state machine.
Dcmnet::Next Dcmnet::nextOfControl(Link &link) {
    OFCondition condition = DUL_ReadPDVs(&association_->DULassociation, nullptr, DUL_BLOCK, 0);
    // First the link: to dcmnet, all its troubles look like a connection that was closed.
    if (link.trouble() != Link::Trouble::none) return Next::trouble;
    if (condition == DUL_PEERREQUESTEDRELEASE) return Next::release;
    if (condition == DUL_PEERABORTEDASSOCIATION) return Next::abort;
    link.blame(AbortReason::unexpectedPDU, "a PDU out of turn");
    return Next::trouble;
}

size_t Dcmnet::fragmentBytesMax() const {
    constexpr uint32_t headBytes = 12;
    uint32_t most = association_->params->theirMaxPDUReceiveSize;
    if (most == 0 || most > ASC_MAXIMUMPDUSIZE) most = ASC_MAXIMUMPDUSIZE;
    return std::max<uint32_t>(most - std::min(most, headBytes), 2) & ~1u;
}

bool Dcmnet::send(
    Link &link, uint8_t context, bool isCommand, bool isLast, const uint8_t *bytes, size_t byteCount) {
    size_t most = fragmentBytesMax();
    do {
        DUL_PDV pdv{};
        pdv.fragmentLength = std::min(byteCount, most);
        pdv.presentationContextID = context;
        pdv.pdvType = isCommand ? DUL_COMMANDPDV : DUL_DATASETPDV;
        pdv.data = const_cast<uint8_t *>(bytes);
        bytes += pdv.fragmentLength;
        byteCount -= pdv.fragmentLength;
        pdv.lastPDV = isLast && byteCount == 0;
        DUL_PDVLIST list{};
        list.count = 1;
        list.pdv = &pdv;
        if (DUL_WritePDVs(&association_->DULassociation, &list).bad()) {
            link.blame(AbortReason::notSpecified, "a message could not be sent");
            return false;
        }
    } while (byteCount > 0);
    return true;
}

}  // namespace glenoid
