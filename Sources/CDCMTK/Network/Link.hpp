// One TCP connection under dcmnet, with the two things that dcmnet 3.6.7 lacks: deadlines in every state, and a
// gate before its parsers.
//
// dcmnet waits for the first byte of a PDU with a time-out, but reads the rest of it without one, so a peer that
// vanishes in the middle of a PDU holds the thread for ever. It allocates what a length field says, leaks what it
// had parsed of a malformed A-ASSOCIATE PDU, and leaves several violations without the A-ABORT that PS3.8 9.2
// asks for. Where the fragments of a PDU differ in length it finds the third one at the wrong place, past the end
// of its buffer at worst (DUL_NextPDV). So each PDU is framed here first: header, type, length, and for A-ASSOCIATE
// PDUs the whole structure; and P-DATA-TF PDUs are read here altogether.
#ifndef GLENOID_LINK_HPP
#define GLENOID_LINK_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>
#include <sys/uio.h>

#include "AssociatePDU.hpp"
#include "CDCMTKNetwork.h"

namespace glenoid {

using Clock = std::chrono::steady_clock;

// Now plus so many seconds.
Clock::time_point after(double seconds);

// PS3.8 9.3: the PDU types.
enum class PDUType : uint8_t {
    associateRequest = 1,
    associateAccept = 2,
    associateReject = 3,
    data = 4,
    releaseRequest = 5,
    releaseReply = 6,
    abort = 7,
};

// PS3.8 9.3.8: reasons of an A-ABORT by the service provider.
enum class AbortReason : uint8_t {
    notSpecified = 0,
    unrecognisedPDU = 1,
    unexpectedPDU = 2,
    invalidParameter = 6,
};

class Link {
public:
    // What may arrive next.
    enum class Phase { awaitingRequest, awaitingAnswer, established, releasing };

    // Why nothing more will be read. The first trouble stays.
    enum class Trouble { none, closed, timedOut, cancelled, violation };

    // Takes over the connected socket.
    Link(int socket, Phase phase, uint32_t pduBytesMax, const cdcmtk_timeouts &timeouts);
    ~Link();
    Link(const Link &) = delete;
    Link &operator=(const Link &) = delete;

    // For dcmnet: at least one byte, or -1 once there is trouble.
    ssize_t read(void *target, size_t count);
    // For dcmnet: everything, or -1. The 12 byte head of a P-DATA-TF PDU, which dcmnet writes on its own, is held
    // back and goes out with the fragment that follows it.
    ssize_t write(const void *source, size_t count);
    // Waits for the next PDU's head and says what it is; false: trouble. The PDU is then taken by `takeData`, or by
    // dcmnet through `read`.
    bool peek(PDUType &type);
    // The body of the P-DATA-TF PDU whose head has come, checked to be a row of fragments; false: trouble.
    bool takeData(std::vector<uint8_t> &body, size_t &byteCount);
    // Whether something has arrived, or the peer has closed.
    bool isReadable() const;

    void enter(Phase phase);
    // Between these two, the deadlines of a message hold instead of the idle one.
    void beginMessage();
    void endMessage();
    // Between these two, all that is sent must be taken within so many seconds, and each PDU within pdu_seconds.
    void beginSending(double seconds);
    void endSending();
    // Between these two, a response to a request of ours must arrive whole within answer_seconds.
    void expectAnswer();
    void endAnswer();

    // Ends whatever the link waits for, now and later. The only call for other threads; `why` is a literal.
    void cancel(const char *why);

    // Notes a violation by the peer that was found above this layer.
    void blame(AbortReason reason, const std::string &text);

    Trouble trouble() const { return trouble_; }
    const std::string &troubleText() const { return troubleText_; }
    bool hasReceivedAnything() const { return hasReceivedAnything_; }
    // The A-ASSOCIATE-RQ or -AC that arrived, and whether one has.
    bool hasAssociate() const { return hasAssociate_; }
    const AssociatePDU &associate() const { return associate_; }

    // Sends an A-ABORT (PS3.8 9.3.8), source 0 user or 2 provider.
    void sendAbort(uint8_t source, AbortReason reason);
    // Sends the A-ABORT that the trouble calls for, if it calls for one.
    void sendAbortForTrouble();
    // Closes for writing, gives the peer farewell_seconds to close its side, so that our last PDU is not lost to a
    // reset, and closes.
    void close();

private:
    bool readHead();
    bool hasHead() const { return pendingOffset_ < pending_.size() || bodyBytesLeft_ > 0; }
    bool readAssociate(size_t byteCount);
    // At least `minimum` and at most `count` bytes, or 0 and trouble.
    size_t receive(uint8_t *target, size_t count, size_t minimum, Clock::time_point deadline);
    bool send(const struct iovec *parts, size_t partCount, Clock::time_point deadline, bool evenIfCancelled);
    enum class Wait { ready, cancelled, tooLate };
    Wait wait(short events, Clock::time_point deadline, bool evenIfCancelled) const;
    bool checkHead(uint8_t type, uint32_t length);
    Clock::time_point headDeadline() const;
    Clock::time_point rateDeadline() const;
    const char *lateness() const;
    void fail(Trouble trouble, const std::string &text);

    int socket_;
    int wake_;  // an eventfd, readable once cancelled; -1 where there was no descriptor for it
    Phase phase_;
    const uint32_t pduBytesMax_;
    const cdcmtk_timeouts timeouts_;
    std::atomic<const char *> cancellation_{nullptr};

    Clock::time_point phaseDeadline_;
    Clock::time_point sendingDeadline_ = Clock::time_point::max();
    bool isInMessage_ = false;
    bool isAwaitingAnswer_ = false;
    bool isClosed_ = false;
    bool isOutputBroken_ = false;  // a PDU of ours went out in part
    Clock::time_point messageStart_;
    uint64_t messageBytes_ = 0;
    unsigned emptyFragments_ = 0;

    std::vector<uint8_t> pending_;  // read and checked, not yet given to dcmnet
    size_t pendingOffset_ = 0;
    uint32_t bodyBytesLeft_ = 0;
    Clock::time_point pduDeadline_;
    std::vector<uint8_t> heldHead_;
    bool hasReceivedAnything_ = false;
    bool hasAssociate_ = false;
    AssociatePDU associate_;

    Trouble trouble_ = Trouble::none;
    AbortReason abortReason_ = AbortReason::notSpecified;
    std::string troubleText_;
};

}  // namespace glenoid

#endif
