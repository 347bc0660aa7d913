// How an association of the provider is established or not: PS3.8 7.1, PS3.7 annex D.
#include "ProviderAssociation.hpp"

#include "dcmtk/dcmdata/dcuid.h"

#include <algorithm>
#include <cstring>

namespace glenoid {
namespace {

// PS3.8 9.3.4.
constexpr cdcmtk_rejection noReasonGiven = {1, 1, 1};
constexpr cdcmtk_rejection applicationContextNotSupported = {1, 1, 2};
constexpr cdcmtk_rejection callingAENotRecognised = {1, 1, 3};
constexpr cdcmtk_rejection calledAENotRecognised = {1, 1, 7};
constexpr cdcmtk_rejection localLimitExceeded = {2, 3, 2};

constexpr const char *dicomApplicationContext = "1.2.840.10008.3.1.1.1";

// Every standard composite instance has its storage class below this root (PS3.4 B.5).
constexpr const char *storageRoot = "1.2.840.10008.5.1.4.1.1.";
// What else PS3.6 table A-1 has there: queries for protocol approvals and inventories.
constexpr const char *otherServices[] = {"200.4", "200.5", "200.6", "201.2", "201.3", "201.4", "201.5", "201.6"};

bool isStorage(const std::string &abstractSyntax) {
    for (const char *service : otherServices) {
        if (abstractSyntax == std::string(storageRoot) + service) return false;
    }
    if (abstractSyntax.rfind(storageRoot, 0) == 0) return true;
    return dcmIsaStorageSOPClassUID(abstractSyntax.c_str(), ESSC_All);
}

bool isVerification(const std::string &abstractSyntax) {
    return abstractSyntax == UID_VerificationSOPClass;
}

// A PDU with one fragment of two bytes, the shortest that can carry a message.
constexpr uint32_t usablePDUBytes = 14;

// For logs and rules: what is not printable ASCII becomes '?'. Spaces around a title mean nothing (PS3.5 6.2, AE).
std::string printable(std::string text) {
    for (char &character : text) {
        if (character < ' ' || character > '~') character = '?';
    }
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    return text;
}

}  // namespace

ProviderAssociation::ProviderAssociation(
    Provider &provider, std::shared_ptr<Link> link, int socket, std::string peerAddress, uint16_t peerPort)
    : provider_(provider), settings_(provider.settings()), callbacks_(provider.callbacks()), link_(std::move(link)),
      socket_(socket), peerAddress_(std::move(peerAddress)), peerPort_(peerPort) {}

void ProviderAssociation::run() {
    if (!receiveRequest()) return;
    id_ = provider_.nextAssociation();
    if (!provider_.takeSlot(link_)) {
        reject(localLimitExceeded, "as many associations as are allowed at once");
        return;
    }
    struct Slot {
        Provider &provider;
        ~Slot() { provider.returnSlot(); }
    } slot{provider_};
    if (!decide()) return;
    try {
        if (establish()) {
            converse();
        } else {
            noteEnd(Dcmnet::Next::trouble);
        }
    } catch (const std::exception &) {
        // Out of memory. The delegate must learn of the end all the same: what came waits for it.
        link_->blame(AbortReason::notSpecified, "out of memory for an association");
        noteEnd(Dcmnet::Next::trouble);
    }
    // The peer learns of the end before the delegate, which may take its time.
    link_->sendAbortForTrouble();
    double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    cdcmtk_association_end end{
        id_, endKind_, endText_.c_str(), storedCount_, refusedCount_, byteCount_, seconds};
    callbacks_.association_ended(callbacks_.context, &end);
}

bool ProviderAssociation::receiveRequest() {
    OFCondition condition = dcmnet_.receiveRequest(*link_, socket_, settings_.pduBytesMax);
    // dcmnet reports success, too, where the connection ended or an A-ABORT came instead of a request.
    if (condition.good() && link_->trouble() == Link::Trouble::none && link_->hasAssociate()) return true;
    if (!link_->hasReceivedAnything() && link_->trouble() == Link::Trouble::closed) {
        provider_.note(CDCMTK_NOTE_PROBE, 0, peerAddress_, "opened and closed without a byte");
        return false;
    }
    std::string text = link_->troubleText();
    if (link_->trouble() == Link::Trouble::none) {
        text = link_->hasAssociate() ? "rejected by dcmnet: not protocol version 1" : "aborted by the peer";
    }
    link_->sendAbortForTrouble();
    provider_.note(CDCMTK_NOTE_NO_REQUEST, 0, peerAddress_, text);
    return false;
}

bool ProviderAssociation::decide() {
    const AssociatePDU &pdu = link_->associate();
    calledAE_ = printable(pdu.calledAE);
    callingAE_ = printable(pdu.callingAE);
    if (pdu.applicationContext != dicomApplicationContext) {
        reject(applicationContextNotSupported, "not the DICOM application context");
        return false;
    }
    // PS3.8 9.3.2: neither is made of spaces alone. dcmnet could not answer.
    if (calledAE_.empty() || callingAE_.empty()) {
        reject(calledAE_.empty() ? calledAENotRecognised : callingAENotRecognised, "an empty AE title");
        return false;
    }
    if (pdu.pduBytesMax != 0 && pdu.pduBytesMax < usablePDUBytes) {
        reject(noReasonGiven, "a maximum PDU length that no message fits into");
        return false;
    }
    size_t acceptedCount = negotiate();
    std::string implementation = printable(pdu.implementationClassUID);
    std::string version = printable(pdu.implementationVersion);
    cdcmtk_association_request request{id_, calledAE_.c_str(), callingAE_.c_str(), peerAddress_.c_str(), peerPort_,
        implementation.c_str(), version.c_str(), pdu.contexts.size(), acceptedCount};
    cdcmtk_association_decision decision = callbacks_.decide(callbacks_.context, &request);
    if (!decision.accept) reject(decision.rejection, "by the rules of this service");
    return decision.accept;
}

void ProviderAssociation::reject(cdcmtk_rejection rejection, const std::string &text) {
    // dcmnet wants the reason with the source in its upper byte.
    T_ASC_RejectParameters parameters{
        static_cast<T_ASC_RejectParametersResult>(rejection.result),
        static_cast<T_ASC_RejectParametersSource>(rejection.source),
        static_cast<T_ASC_RejectParametersReason>(rejection.source << 8 | rejection.reason)};
    ASC_rejectAssociation(dcmnet_.association(), &parameters);
    std::string who = "'" + printable(link_->associate().callingAE) + "' for '"
        + printable(link_->associate().calledAE) + "': ";
    provider_.note(CDCMTK_NOTE_REJECTED, id_, peerAddress_, who + text);
}

// The proposer lists the transfer syntaxes of a context in the order of its preference as often as not, and
// usually its own objects' encoding first: the first of them that can be decoded here is taken.
size_t ProviderAssociation::negotiate() {
    T_ASC_Parameters &params = dcmnet_.params();
    size_t acceptedCount = 0;
    for (const ProposedContext &proposed : link_->associate().contexts) {
        bool isKnown = isStorage(proposed.abstractSyntax) || isVerification(proposed.abstractSyntax);
        auto chosen = std::find_if(proposed.transferSyntaxes.begin(), proposed.transferSyntaxes.end(),
            [this](const std::string &syntax) { return settings_.transferSyntaxes.count(syntax) > 0; });
        if (!isKnown || chosen == proposed.transferSyntaxes.end()) {
            ASC_refusePresentationContext(&params, proposed.id,
                isKnown ? ASC_P_TRANSFERSYNTAXESNOTSUPPORTED : ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
            continue;
        }
        ASC_acceptPresentationContext(&params, proposed.id, chosen->c_str(), ASC_SC_ROLE_DEFAULT);
        contexts_[proposed.id] = {true, proposed.abstractSyntax, *chosen};
        ++acceptedCount;
    }
    return acceptedCount;
}

bool ProviderAssociation::establish() {
    T_ASC_Parameters &params = dcmnet_.params();
    std::strncpy(params.ourImplementationClassUID, settings_.implementationClassUID.c_str(),
        sizeof params.ourImplementationClassUID - 1);
    std::strncpy(params.ourImplementationVersionName, settings_.implementationVersion.c_str(),
        sizeof params.ourImplementationVersionName - 1);
    // dcmnet takes certain maximum lengths for those of its own releases before 3.0, and answers with strange ones.
    if (params.theirMaxPDUReceiveSize > ASC_MAXIMUMPDUSIZE) params.theirMaxPDUReceiveSize = ASC_MAXIMUMPDUSIZE;
    if (ASC_acknowledgeAssociation(dcmnet_.association()).bad()) {
        link_->blame(AbortReason::notSpecified, "the A-ASSOCIATE-AC could not be sent");
        return false;
    }
    link_->enter(Link::Phase::established);
    size_t accepted = std::count_if(
        std::begin(contexts_), std::end(contexts_), [](const Context &context) { return context.isAccepted; });
    provider_.note(CDCMTK_NOTE_ESTABLISHED, id_, peerAddress_,
        "'" + callingAE_ + "', " + std::to_string(accepted) + " of "
            + std::to_string(link_->associate().contexts.size()) + " presentation contexts");
    return true;
}

}  // namespace glenoid
