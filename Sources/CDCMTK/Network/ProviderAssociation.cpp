#include "ProviderAssociation.hpp"

#include "dcmtk/dcmdata/dcuid.h"

namespace glenoid {

void ProviderAssociation::converse() {
    std::vector<uint8_t> bytes;
    while (true) {
        link_->endMessage();
        Fragment fragment;
        Dcmnet::Next next = dcmnet_.next(*link_, fragment);
        if (next != Dcmnet::Next::fragment) {
            if (next == Dcmnet::Next::release) ASC_acknowledgeRelease(dcmnet_.association());
            return noteEnd(next);
        }
        link_->beginMessage();
        uint8_t context = fragment.context;
        CommandSet command;
        if (!receiveCommand(fragment, bytes)) return noteEnd(Dcmnet::Next::trouble);
        if (!parseCommand(bytes, command)) {
            link_->blame(AbortReason::invalidParameter, "a malformed command set");
            return noteEnd(Dcmnet::Next::trouble);
        }
        if (!handle(command, context)) return noteEnd(Dcmnet::Next::trouble);
    }
}

// Gathers the fragments of a command set, the first of which has come.
bool ProviderAssociation::receiveCommand(Fragment &fragment, std::vector<uint8_t> &bytes) {
    bytes.clear();
    const uint8_t context = fragment.context;
    if (!contexts_[context].isAccepted) {
        link_->blame(AbortReason::invalidParameter, "a message in a presentation context that was not accepted");
        return false;
    }
    while (true) {
        if (!fragment.isCommand || fragment.context != context) {
            link_->blame(AbortReason::invalidParameter, "not a command set where one was due");
            return false;
        }
        if (bytes.size() + fragment.byteCount > commandBytesMax) {
            link_->blame(AbortReason::invalidParameter, "a command set that is too long");
            return false;
        }
        bytes.insert(bytes.end(), fragment.bytes, fragment.bytes + fragment.byteCount);
        if (fragment.isLast) return true;
        Dcmnet::Next next = dcmnet_.next(*link_, fragment);
        if (next == Dcmnet::Next::fragment) continue;
        if (next == Dcmnet::Next::release) link_->blame(AbortReason::unexpectedPDU, "a release within a message");
        if (next == Dcmnet::Next::abort) noteEnd(next);
        return false;
    }
}

// False: the association is over.
bool ProviderAssociation::handle(const CommandSet &command, uint8_t context) {
    if (command.isResponse()) {
        link_->blame(AbortReason::unexpectedPDU, "a response to nothing");
        return false;
    }
    switch (command.field) {
    case storeRequest: return store(command, context);
    case echoRequest:
        if (command.hasDataSet && !ignoreDataSet(context)) return false;
        if (contexts_[context].abstractSyntax != UID_VerificationSOPClass) {
            return refuse(command, context, statusClassNotSupported, "a C-ECHO in another service's context");
        }
        return answer(command, context, statusSuccess);
    case cancelRequest:
        // PS3.7 9.3.2.3: it has no response, and here is nothing to cancel.
        return !command.hasDataSet || ignoreDataSet(context);
    default:
        if (command.hasDataSet && !ignoreDataSet(context)) return false;
        return refuse(command, context, statusUnrecognisedOperation, "an operation that is not offered");
    }
}

bool ProviderAssociation::answer(const CommandSet &request, uint8_t context, uint16_t status) {
    CommandSet response;
    response.field = request.field | responseBit;
    response.respondedMessageID = request.messageID;
    response.status = status;
    response.sopClassUID = request.sopClassUID;
    response.sopInstanceUID = request.sopInstanceUID;
    std::vector<uint8_t> bytes = encodeCommand(response);
    return dcmnet_.send(*link_, context, true, true, bytes.data(), bytes.size());
}

bool ProviderAssociation::refuse(
    const CommandSet &request, uint8_t context, uint16_t status, const char *why) {
    char text[256];
    std::snprintf(text, sizeof text, "command %04X answered with %04X: %s", request.field, status, why);
    provider_.note(CDCMTK_NOTE_REFUSED, id_, peerAddress_, text);
    return answer(request, context, status);
}

// How the association ended; the first call counts.
void ProviderAssociation::noteEnd(Dcmnet::Next last) {
    if (!endText_.empty()) return;
    endText_ = link_->troubleText();
    switch (last) {
    case Dcmnet::Next::release:
        endKind_ = CDCMTK_END_RELEASED;
        endText_ = "released";
        return;
    case Dcmnet::Next::abort:
        endKind_ = CDCMTK_END_PEER_ABORTED;
        endText_ = "aborted by the peer";
        return;
    case Dcmnet::Next::fragment:
    case Dcmnet::Next::trouble: break;
    }
    switch (link_->trouble()) {
    case Link::Trouble::none:
    case Link::Trouble::closed: endKind_ = CDCMTK_END_CONNECTION_LOST; break;
    case Link::Trouble::timedOut: endKind_ = CDCMTK_END_TIMED_OUT; break;
    case Link::Trouble::cancelled: endKind_ = CDCMTK_END_SHUT_DOWN; break;
    case Link::Trouble::violation: endKind_ = CDCMTK_END_VIOLATION; break;
    }
    if (endText_.empty()) endText_ = "the connection ended";
}

}  // namespace glenoid
