#include "User.hpp"

#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/cond.h"
#include "dcmtk/dcmnet/dul.h"

#include <cstring>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace glenoid {
namespace {

// dcmnet 3.6.7 takes "host:port" and splits at the first colon, so an IPv6 address can only be given to it as a
// name. IPv4 addresses are resolved here, so that a name without an address is told from a peer without a service.
std::vector<std::string> addresses(const char *host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    int number = getaddrinfo(host, nullptr, &hints, &found);
    if (number != 0) {
        throw UserFailure{CDCMTK_USER_UNRESOLVED, std::string("no address for the host: ") + gai_strerror(number)};
    }
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
    std::vector<std::string> texts;
    for (const addrinfo *entry = found; entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family != AF_INET) continue;
        char text[INET_ADDRSTRLEN];
        const auto *address = reinterpret_cast<const sockaddr_in *>(entry->ai_addr);
        if (inet_ntop(AF_INET, &address->sin_addr, text, sizeof text) != nullptr) texts.emplace_back(text);
    }
    if (texts.empty()) texts.emplace_back(host);
    return texts;
}

void copyText(char *target, size_t targetBytes, const char *text) {
    std::strncpy(target, text, targetBytes - 1);
    target[targetBytes - 1] = '\0';
}

}  // namespace

User::User(const cdcmtk_user_settings &settings, const cdcmtk_proposal *proposals, size_t proposalCount)
    : objectSeconds_(settings.object_seconds) {
    if (proposalCount == 0 || proposalCount > CDCMTK_PROPOSALS_MAX) {
        throw UserFailure{CDCMTK_USER_NO_CONTEXT, "one to 128 presentation contexts can be proposed"};
    }
    const std::vector<std::string> candidates = addresses(settings.host);
    for (size_t index = 0; index < candidates.size(); ++index) {
        try {
            connect(settings, candidates[index], proposals, proposalCount);
            break;
        } catch (const UserFailure &failure) {
            // Only where there was no connection at all is the host's next address worth a try.
            if (failure.code != CDCMTK_USER_UNREACHABLE || index + 1 == candidates.size()) throw;
        }
    }
    readAnswers(proposalCount);
}

User::~User() {
    if (!link_) return;
    if (link_->trouble() == Link::Trouble::none) {
        link_->enter(Link::Phase::releasing);
        ASC_releaseAssociation(dcmnet_->association());
    }
    link_->sendAbortForTrouble();
    link_->close();
}

void User::connect(
    const cdcmtk_user_settings &settings, const std::string &address, const cdcmtk_proposal *proposals,
    size_t proposalCount) {
    T_ASC_Parameters *params = nullptr;
    if (ASC_createAssociationParameters(&params, settings.pdu_bytes_max).bad()) throw std::bad_alloc();
    ASC_setAPTitles(params, settings.calling_ae, settings.called_ae, nullptr);
    ASC_setPresentationAddresses(params, "", (address + ":" + std::to_string(settings.port)).c_str());
    copyText(params->ourImplementationClassUID, sizeof params->ourImplementationClassUID,
        settings.implementation_class_uid);
    copyText(params->ourImplementationVersionName, sizeof params->ourImplementationVersionName,
        settings.implementation_version);
    transferSyntaxes_.clear();
    for (size_t index = 0; index < proposalCount; ++index) {
        const char *syntax = proposals[index].transfer_syntax;
        ASC_addPresentationContext(params, static_cast<uint8_t>(2 * index + 1),
            proposals[index].abstract_syntax, &syntax, 1);
        transferSyntaxes_.emplace_back(syntax);
    }
    link_.reset();
    dcmnet_ = std::make_unique<Dcmnet>();
    OFCondition condition = dcmnet_->request(params, static_cast<int>(settings.connect_seconds),
        settings.pdu_bytes_max, settings.timeouts, link_);
    if (condition.bad()) failConnecting(condition);
    link_->enter(Link::Phase::established);
}

void User::failConnecting(const OFCondition &condition) {
    if (!link_) {
        // The condition's text is about the address and the error number.
        throw UserFailure{CDCMTK_USER_UNREACHABLE, std::string("no connection: ") + condition.text()};
    }
    if (condition == DUL_ASSOCIATIONREJECTED) {
        const DUL_ASSOCIATESERVICEPARAMETERS &answer = dcmnet_->params().DULparams;
        cdcmtk_rejection rejection{static_cast<uint8_t>(answer.result), static_cast<uint8_t>(answer.resultSource),
            static_cast<uint8_t>(answer.diagnostic)};
        throw UserFailure{CDCMTK_USER_REJECTED, "the association was rejected", rejection};
    }
    if (link_->trouble() == Link::Trouble::none && condition == DUL_PEERABORTEDASSOCIATION) {
        throw UserFailure{CDCMTK_USER_ABORTED, "aborted by the peer instead of an answer"};
    }
    if (link_->trouble() == Link::Trouble::none) {
        link_->blame(AbortReason::invalidParameter, "an answer to the A-ASSOCIATE-RQ that makes no sense");
    }
    failWithTrouble();
}

void User::failWithTrouble() {
    switch (link_->trouble()) {
    case Link::Trouble::timedOut: throw UserFailure{CDCMTK_USER_TIMED_OUT, link_->troubleText()};
    case Link::Trouble::violation: throw UserFailure{CDCMTK_USER_VIOLATION, link_->troubleText()};
    case Link::Trouble::none:
    case Link::Trouble::cancelled:
    case Link::Trouble::closed: break;
    }
    throw UserFailure{CDCMTK_USER_LOST, link_->troubleText()};
}

// PS3.8 9.3.3.2: an accepted context names the transfer syntax, which must be the one that was proposed.
void User::readAnswers(size_t proposalCount) {
    contexts_.assign(proposalCount, 0);
    for (const ProposedContext &answer : link_->associate().contexts) {
        size_t index = answer.id / 2;
        if (answer.result != 0 || index >= proposalCount) continue;
        if (answer.transferSyntaxes.front() == transferSyntaxes_[index]) contexts_[index] = answer.id;
    }
}

uint8_t User::context(size_t proposalIndex) const {
    return proposalIndex < contexts_.size() ? contexts_[proposalIndex] : 0;
}

bool User::isAlive() const { return link_->trouble() == Link::Trouble::none && !link_->isReadable(); }

void User::sendBytes(uint8_t context, bool isLast, const uint8_t *bytes, size_t byteCount) {
    if (!dcmnet_->send(*link_, context, false, isLast, bytes, byteCount)) failWithTrouble();
}

void User::sendCommand(const CommandSet &command, uint8_t context) {
    std::vector<uint8_t> bytes = encodeCommand(command);
    if (!dcmnet_->send(*link_, context, true, true, bytes.data(), bytes.size())) failWithTrouble();
}

uint16_t User::echo(uint8_t context) {
    CommandSet request;
    request.field = echoRequest;
    request.messageID = ++lastMessageID_;
    request.sopClassUID = UID_VerificationSOPClass;
    sendCommand(request, context);
    return awaitResponse(request, context);
}

uint16_t User::store(uint8_t context, const char *path, const cdcmtk_stored_file &file, bool transcode) {
    CommandSet request;
    request.field = storeRequest;
    request.messageID = ++lastMessageID_;
    request.sopClassUID = file.sop_class_uid;
    request.sopInstanceUID = file.sop_instance_uid;
    request.hasDataSet = true;
    link_->beginSending(objectSeconds_);
    sendCommand(request, context);
    if (transcode) {
        sendTranscoded(context, path);
    } else {
        sendDataSet(context, path, file.data_set_offset);
    }
    link_->endSending();
    return awaitResponse(request, context);
}

uint16_t User::awaitResponse(const CommandSet &request, uint8_t context) {
    std::vector<uint8_t> bytes;
    Fragment fragment;
    link_->expectAnswer();
    do {
        Dcmnet::Next next = dcmnet_->next(*link_, fragment);
        if (next == Dcmnet::Next::abort) {
            link_->blame(AbortReason::notSpecified, "aborted by the peer");
            throw UserFailure{CDCMTK_USER_ABORTED, "aborted by the peer before its response"};
        }
        if (next == Dcmnet::Next::release) link_->blame(AbortReason::unexpectedPDU, "a release, not a response");
        if (next != Dcmnet::Next::fragment) failWithTrouble();
        if (!fragment.isCommand || fragment.context != context
            || bytes.size() + fragment.byteCount > commandBytesMax) {
            link_->blame(AbortReason::invalidParameter, "not a response where one was due");
            failWithTrouble();
        }
        bytes.insert(bytes.end(), fragment.bytes, fragment.bytes + fragment.byteCount);
    } while (!fragment.isLast);
    link_->endAnswer();
    CommandSet response;
    if (!parseCommand(bytes, response) || response.field != (request.field | responseBit)
        || response.respondedMessageID != request.messageID || response.hasDataSet) {
        link_->blame(AbortReason::invalidParameter, "a response that does not answer the request");
        failWithTrouble();
    }
    return response.status;
}

}  // namespace glenoid
