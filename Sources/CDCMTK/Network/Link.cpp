#include "Link.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace glenoid {
namespace {

constexpr size_t headBytes = 6;        // PS3.8 9.3.1: type, reserved, length
constexpr size_t dataHeadBytes = 12;   // of a P-DATA-TF PDU with one PDV, up to the fragment
constexpr uint32_t shortBytes = 4;     // the length of all PDUs but A-ASSOCIATE-RQ, -AC and P-DATA-TF
constexpr unsigned emptyFragmentsMax = 64;  // one after the other; toolkits send one, if any
constexpr uint32_t dataBytesMin = 6;   // one PDV without a fragment

uint32_t bigEndian(const uint8_t *bytes) {
    return static_cast<uint32_t>(bytes[0]) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

}  // namespace

Clock::time_point after(double seconds) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

Link::Link(int socket, Phase phase, uint32_t pduBytesMax, const cdcmtk_timeouts &timeouts)
    : socket_(socket), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), phase_(phase), pduBytesMax_(pduBytesMax),
      timeouts_(timeouts) {
    // Responses are small and awaited: without this, each would wait for the acknowledgement of the last one.
    int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(socket_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    enter(phase);
}

Link::~Link() {
    close();
    if (wake_ >= 0) ::close(wake_);
}

void Link::enter(Phase phase) {
    phase_ = phase;
    phaseDeadline_ = after(phase == Phase::releasing ? timeouts_.farewell_seconds : timeouts_.request_seconds);
    isAwaitingAnswer_ = false;
}

void Link::beginMessage() {
    isInMessage_ = true;
    messageStart_ = Clock::now();
    messageBytes_ = 0;
}

void Link::endMessage() { isInMessage_ = false; }

void Link::beginSending(double seconds) { sendingDeadline_ = after(seconds); }

void Link::endSending() { sendingDeadline_ = Clock::time_point::max(); }

void Link::expectAnswer() {
    isAwaitingAnswer_ = true;
    phaseDeadline_ = after(timeouts_.answer_seconds);
}

void Link::endAnswer() { isAwaitingAnswer_ = false; }

void Link::cancel(const char *why) {
    cancellation_ = why;
    uint64_t one = 1;
    // A full eventfd is readable already, which is all that is wanted.
    [[maybe_unused]] ssize_t written = ::write(wake_, &one, sizeof one);
}

void Link::fail(Trouble trouble, const std::string &text) {
    if (trouble_ != Trouble::none) return;
    trouble_ = trouble;
    troubleText_ = text;
}

void Link::blame(AbortReason reason, const std::string &text) {
    if (trouble_ == Trouble::none) abortReason_ = reason;
    fail(Trouble::violation, text);
}

Link::Wait Link::wait(short events, Clock::time_point deadline, bool evenIfCancelled) const {
    while (true) {
        auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd descriptors[2] = {{socket_, events, 0}, {wake_, POLLIN, 0}};
        // Where no descriptor was left for the eventfd, a cancellation is seen a second late.
        int wait = static_cast<int>(std::clamp<long long>(left, 0, wake_ < 0 ? 1'000 : 60'000));
        int found = poll(descriptors, evenIfCancelled ? 1 : 2, wait);
        if (!evenIfCancelled && cancellation_ != nullptr) return Wait::cancelled;
        if (found > 0 && descriptors[0].revents != 0) return Wait::ready;
        if (Clock::now() >= deadline) return Wait::tooLate;
    }
}

bool Link::isReadable() const {
    if (hasHead()) return true;
    pollfd descriptor = {socket_, POLLIN, 0};
    return poll(&descriptor, 1, 0) != 0;
}

size_t Link::receive(uint8_t *target, size_t count, size_t minimum, Clock::time_point deadline) {
    size_t received = 0;
    while (received < minimum) {
        ssize_t got = recv(socket_, target + received, count - received, MSG_DONTWAIT);
        if (got > 0) {
            received += static_cast<size_t>(got);
            hasReceivedAnything_ = true;
            continue;
        }
        if (got < 0 && errno == EINTR) continue;
        if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
            fail(Trouble::closed, got == 0 ? "the peer closed the connection" : strerror(errno));
            return 0;
        }
        // Peers write the head of a PDU and its body apart; one that leaves Nagle's algorithm on keeps the body back until
        // the head is acknowledged, which would be delayed by 40 ms. The kernel forgets the wish after a while.
        const int on = 1;
        setsockopt(socket_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
        switch (wait(POLLIN, deadline, false)) {
        case Wait::ready:
            break;
        case Wait::cancelled:
            fail(Trouble::cancelled, cancellation_.load());
            return 0;
        case Wait::tooLate:
            fail(Trouble::timedOut, lateness());
            return 0;
        }
    }
    // A peer that always has a byte ready never waits above.
    if (const char *why = cancellation_) {
        fail(Trouble::cancelled, why);
        return 0;
    }
    return received;
}

Clock::time_point Link::rateDeadline() const {
    double allowance = timeouts_.pdu_seconds + static_cast<double>(messageBytes_) / timeouts_.rate_minimum;
    return messageStart_
        + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(allowance));
}

Clock::time_point Link::headDeadline() const {
    if (phase_ != Phase::established || isAwaitingAnswer_) return phaseDeadline_;
    if (isInMessage_) return std::min(after(timeouts_.pdu_seconds), rateDeadline());
    return after(timeouts_.idle_seconds);
}

const char *Link::lateness() const {
    switch (phase_) {
    case Phase::awaitingRequest: return "no A-ASSOCIATE-RQ arrived in time";
    case Phase::awaitingAnswer: return "the A-ASSOCIATE-RQ was not answered in time";
    case Phase::releasing: return "the A-RELEASE-RQ was not answered in time";
    case Phase::established: break;
    }
    if (isAwaitingAnswer_) return "the request was not answered in time";
    if (bodyBytesLeft_ > 0 || isInMessage_) return "the peer fell silent, or became too slow, within a message";
    return "the association was idle for too long";
}

ssize_t Link::read(void *target, size_t count) {
    // dcmnet repeats the call as long as errno says that it was interrupted.
    errno = ECONNRESET;
    if (trouble_ != Trouble::none || count == 0) return -1;
    if (!hasHead() && !readHead()) return -1;
    if (pendingOffset_ < pending_.size()) {
        size_t given = std::min(count, pending_.size() - pendingOffset_);
        std::memcpy(target, pending_.data() + pendingOffset_, given);
        pendingOffset_ += given;
        return static_cast<ssize_t>(given);
    }
    size_t wanted = std::min<size_t>(count, bodyBytesLeft_);
    size_t got = receive(static_cast<uint8_t *>(target), wanted, 1, pduDeadline_);
    if (got == 0) return -1;
    bodyBytesLeft_ -= static_cast<uint32_t>(got);
    return static_cast<ssize_t>(got);
}

bool Link::peek(PDUType &type) {
    if (trouble_ != Trouble::none || (!hasHead() && !readHead())) return false;
    type = static_cast<PDUType>(pending_[0]);
    return true;
}

bool Link::takeData(std::vector<uint8_t> &body, size_t &byteCount) {
    byteCount = bodyBytesLeft_;
    if (body.size() < byteCount) body.resize(pduBytesMax_);
    if (receive(body.data(), byteCount, byteCount, pduDeadline_) == 0) return false;
    messageBytes_ += byteCount;
    pendingOffset_ = pending_.size();
    bodyBytesLeft_ = 0;
    // PS3.8 9.3.5.1: each fragment has a length of four bytes, which counts the two bytes before the data.
    size_t offset = 0;
    while (offset < byteCount) {
        size_t left = byteCount - offset;
        size_t length = left < dataBytesMin ? 0 : bigEndian(body.data() + offset);
        if (length < 2 || length > left - 4) {
            blame(AbortReason::invalidParameter, "the fragments of a P-DATA-TF PDU do not add up");
            return false;
        }
        // Of fragments without data no number would ever fill a message up.
        emptyFragments_ = length == 2 ? emptyFragments_ + 1 : 0;
        if (emptyFragments_ > emptyFragmentsMax) {
            blame(AbortReason::invalidParameter, "empty fragments without end");
            return false;
        }
        offset += 4 + length;
    }
    return true;
}

bool Link::readHead() {
    pending_.resize(headBytes);
    pendingOffset_ = pending_.size();
    size_t first = receive(pending_.data(), headBytes, 1, headDeadline());
    if (first == 0) return false;
    pduDeadline_ = phase_ == Phase::established ? after(timeouts_.pdu_seconds) : phaseDeadline_;
    if (isAwaitingAnswer_) pduDeadline_ = std::min(pduDeadline_, phaseDeadline_);
    if (isInMessage_) pduDeadline_ = std::min(pduDeadline_, rateDeadline());
    if (first < headBytes) {
        size_t rest = headBytes - first;
        if (receive(pending_.data() + first, rest, rest, pduDeadline_) == 0) return false;
    }
    uint8_t type = pending_[0];
    uint32_t length = bigEndian(pending_.data() + 2);
    if (!checkHead(type, length)) return false;
    bool isAssociate = type == static_cast<uint8_t>(PDUType::associateRequest)
        || type == static_cast<uint8_t>(PDUType::associateAccept);
    if (isAssociate && !readAssociate(length)) return false;
    if (!isAssociate) bodyBytesLeft_ = length;
    pendingOffset_ = 0;
    return true;
}

bool Link::checkHead(uint8_t type, uint32_t length) {
    if (type < static_cast<uint8_t>(PDUType::associateRequest) || type > static_cast<uint8_t>(PDUType::abort)) {
        blame(AbortReason::unrecognisedPDU, "not a DICOM PDU (type " + std::to_string(type) + ")");
        return false;
    }
    PDUType pdu = static_cast<PDUType>(type);
    bool isExpected = pdu == PDUType::abort;
    switch (phase_) {
    case Phase::awaitingRequest: isExpected |= pdu == PDUType::associateRequest; break;
    case Phase::awaitingAnswer:
        isExpected |= pdu == PDUType::associateAccept || pdu == PDUType::associateReject;
        break;
    case Phase::established: isExpected |= pdu == PDUType::data || pdu == PDUType::releaseRequest; break;
    case Phase::releasing:
        isExpected |= pdu == PDUType::data || pdu == PDUType::releaseRequest || pdu == PDUType::releaseReply;
        break;
    }
    if (!isExpected) {
        blame(AbortReason::unexpectedPDU, "a PDU of type " + std::to_string(type) + " out of turn");
        return false;
    }
    uint32_t least = pdu == PDUType::data ? dataBytesMin : shortBytes;
    uint32_t most = shortBytes;
    if (pdu == PDUType::data) most = pduBytesMax_;
    if (pdu == PDUType::associateRequest || pdu == PDUType::associateAccept) most = associateBytesMax;
    if (length < least || length > most) {
        blame(AbortReason::invalidParameter,
            "a PDU of type " + std::to_string(type) + " with a length of " + std::to_string(length));
        return false;
    }
    return true;
}

bool Link::readAssociate(size_t byteCount) {
    pending_.resize(headBytes + byteCount);
    pendingOffset_ = pending_.size();
    if (receive(pending_.data() + headBytes, byteCount, byteCount, pduDeadline_) == 0) return false;
    associate_ = AssociatePDU();
    bool isRequest = phase_ == Phase::awaitingRequest;
    if (const char *wrong = parseAssociate(pending_.data() + headBytes, byteCount, isRequest, associate_)) {
        blame(AbortReason::invalidParameter, wrong);
        return false;
    }
    for (size_t offset : associate_.unsupportedItems) pending_[headBytes + offset] = unknownItem;
    hasAssociate_ = true;
    return true;
}

ssize_t Link::write(const void *source, size_t count) {
    errno = ECONNRESET;
    if (trouble_ != Trouble::none) return -1;
    const uint8_t *bytes = static_cast<const uint8_t *>(source);
    if (heldHead_.empty() && count == dataHeadBytes && bytes[0] == static_cast<uint8_t>(PDUType::data)) {
        heldHead_.assign(bytes, bytes + count);
        return static_cast<ssize_t>(count);
    }
    iovec parts[2] = {{heldHead_.data(), heldHead_.size()}, {const_cast<void *>(source), count}};
    bool isSent = send(parts, 2, std::min(after(timeouts_.pdu_seconds), sendingDeadline_), false);
    heldHead_.clear();
    errno = ECONNRESET;
    return isSent ? static_cast<ssize_t>(count) : -1;
}

bool Link::send(const iovec *parts, size_t partCount, Clock::time_point deadline, bool evenIfCancelled) {
    std::array<iovec, 2> left{};
    std::copy_n(parts, std::min(partCount, left.size()), left.begin());
    size_t bytesLeft = left[0].iov_len + left[1].iov_len;
    while (bytesLeft > 0) {
        msghdr message{};
        message.msg_iov = left.data();
        message.msg_iovlen = left.size();
        ssize_t sent = sendmsg(socket_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            bytesLeft -= static_cast<size_t>(sent);
            for (iovec &part : left) {
                size_t taken = std::min(part.iov_len, static_cast<size_t>(sent));
                part.iov_base = static_cast<uint8_t *>(part.iov_base) + taken;
                part.iov_len -= taken;
                sent -= static_cast<ssize_t>(taken);
            }
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            fail(Trouble::closed, strerror(errno));
            return false;
        }
        Wait outcome = wait(POLLOUT, deadline, evenIfCancelled);
        if (outcome == Wait::ready) continue;
        isOutputBroken_ = true;
        if (outcome == Wait::cancelled) fail(Trouble::cancelled, cancellation_.load());
        if (outcome == Wait::tooLate) fail(Trouble::timedOut, "the peer does not take what is sent to it");
        return false;
    }
    return true;
}

void Link::sendAbort(uint8_t source, AbortReason reason) {
    if (isClosed_ || isOutputBroken_) return;
    uint8_t pdu[headBytes + shortBytes] = {
        static_cast<uint8_t>(PDUType::abort), 0, 0, 0, 0, shortBytes, 0, 0, source, static_cast<uint8_t>(reason)};
    iovec part = {pdu, sizeof pdu};
    send(&part, 1, after(timeouts_.farewell_seconds), true);
}

void Link::sendAbortForTrouble() {
    constexpr uint8_t user = 0;
    constexpr uint8_t provider = 2;
    switch (trouble_) {
    case Trouble::none:
    case Trouble::closed: break;
    case Trouble::violation: sendAbort(provider, abortReason_); break;
    case Trouble::timedOut: sendAbort(provider, AbortReason::notSpecified); break;
    case Trouble::cancelled: sendAbort(user, AbortReason::notSpecified); break;
    }
}

void Link::close() {
    if (isClosed_) return;
    isClosed_ = true;
    if (trouble_ != Trouble::closed && shutdown(socket_, SHUT_WR) == 0) {
        Clock::time_point deadline = after(timeouts_.farewell_seconds);
        std::array<uint8_t, 16384> ignored;
        while (Clock::now() < deadline && wait(POLLIN, deadline, true) == Wait::ready) {
            ssize_t got = recv(socket_, ignored.data(), ignored.size(), MSG_DONTWAIT);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) break;
        }
    }
    ::close(socket_);
}

}  // namespace glenoid
