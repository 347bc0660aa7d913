// C-STORE as an SCP: PS3.4 annex B, PS3.7 9.1.1.
#include "ProviderAssociation.hpp"

#include <cstring>

#include "Identity.hpp"

namespace glenoid {
namespace {

constexpr size_t uidCharactersMax = 64;

// Digits and full stops only: such a UID can be part of a path and of a log line.
bool isPlainUID(const std::string &uid) {
    return !uid.empty() && uid.size() <= uidCharactersMax
        && uid.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

bool ProviderAssociation::store(const CommandSet &command, uint8_t contextID) {
    const Context &context = contexts_[contextID];
    uint16_t status = statusSuccess;
    if (const char *why = refusalOf(command, context, status)) {
        ++refusedCount_;
        if (command.hasDataSet && !ignoreDataSet(contextID)) return false;
        return refuse(command, contextID, status, why);
    }
    cdcmtk_store_request request{id_, callingAE_.c_str(), command.sopClassUID.c_str(),
        command.sopInstanceUID.c_str(), context.transferSyntax.c_str()};
    decision_.refusal = statusOutOfResources;
    decision_.path[0] = '\0';
    decision_.free_bytes_min = 0;
    callbacks_.begin_store(callbacks_.context, &request, &decision_);
    if (decision_.refusal != 0) {
        ++refusedCount_;
        return ignoreDataSet(contextID) && answer(command, contextID, decision_.refusal);
    }

    std::string why;
    MetaInformation meta{command.sopClassUID, command.sopInstanceUID, context.transferSyntax,
        settings_.implementationClassUID, settings_.implementationVersion, callingAE_, calledAE_};
    if (!file_.open(decision_.path, decision_.free_bytes_min, meta)) {
        status = statusOutOfResources;
        why = file_.error();
    }
    bool isComplete = receiveDataSet(contextID, status, why);
    if (isComplete && why.empty() && file_.dataSetBytes() == 0) {
        status = statusCannotUnderstand;
        why = "an empty data set";
    }
    // In a message whose data set was cut short there is no one to answer; the file is as useless as a refused one.
    if (!isComplete) why = endText_.empty() ? link_->troubleText() : endText_;
    if (!why.empty()) {
        file_.abandon();
        ++refusedCount_;
        callbacks_.abandon_store(callbacks_.context, &request, decision_.path, why.c_str());
        return isComplete && refuse(command, contextID, status, why.c_str());
    }
    status = deliver(request);
    ++(isTaken(status) ? storedCount_ : refusedCount_);
    return answer(command, contextID, status);
}

// Why a request is refused before its data set is looked at, or nullptr.
const char *ProviderAssociation::refusalOf(
    const CommandSet &command, const Context &context, uint16_t &status) const {
    if (command.sopClassUID != context.abstractSyntax || context.abstractSyntax == UID_VerificationSOPClass) {
        status = statusClassNotSupported;
        return "the SOP class is not that of the presentation context, or not for storing";
    }
    if (!isPlainUID(command.sopInstanceUID)) {
        status = statusInvalidInstance;
        return "the SOP Instance UID is not a UID";
    }
    if (!command.hasDataSet) {
        status = statusCannotUnderstand;
        return "a C-STORE without a data set";
    }
    return nullptr;
}

// Reads the data set to its end and writes it while `why` is empty. False: the association is over.
bool ProviderAssociation::receiveDataSet(uint8_t context, uint16_t &status, std::string &why) {
    uint64_t arrived = 0;
    while (true) {
        Fragment fragment;
        if (!nextOfDataSet(context, fragment)) return false;
        arrived += fragment.byteCount;
        byteCount_ += fragment.byteCount;
        if (arrived > settings_.dataSetBytesMax && why.empty()) {
            status = statusOutOfResources;
            why = "larger than the limit of " + std::to_string(settings_.dataSetBytesMax) + " bytes";
            file_.abandon();
        }
        // The rest is read so that the peer reads our answer, but not for ever.
        if (arrived / 2 > settings_.dataSetBytesMax) {
            link_->blame(AbortReason::notSpecified, why);
            return false;
        }
        if (why.empty() && !file_.append(fragment.bytes, fragment.byteCount)) {
            status = statusOutOfResources;
            why = file_.error();
            file_.abandon();
        }
        if (fragment.isLast) return true;
    }
}

// Reads a data set that nobody wants. False: the association is over.
bool ProviderAssociation::ignoreDataSet(uint8_t context) {
    uint16_t status = 0;
    std::string why = "a refused data set that does not end";
    return receiveDataSet(context, status, why);
}

bool ProviderAssociation::nextOfDataSet(uint8_t context, Fragment &fragment) {
    Dcmnet::Next next = dcmnet_.next(*link_, fragment);
    if (next == Dcmnet::Next::release) link_->blame(AbortReason::unexpectedPDU, "a release within a data set");
    if (next != Dcmnet::Next::fragment) {
        noteEnd(next == Dcmnet::Next::abort ? next : Dcmnet::Next::trouble);
        return false;
    }
    if (fragment.isCommand || fragment.context != context) {
        link_->blame(AbortReason::invalidParameter, "not a data set where one was due");
        noteEnd(Dcmnet::Next::trouble);
        return false;
    }
    return true;
}

// Hands over a file that has arrived whole, and returns the status to answer with. What differs from the request
// is reported, not judged: whether an object under another UID is kept is the delegate's decision.
uint16_t ProviderAssociation::deliver(const cdcmtk_store_request &request) {
    cdcmtk_received_file received{};
    received.request = request;
    received.path = decision_.path;
    if (!file_.finish(received.digest)) {
        std::string why = file_.error();
        file_.abandon();
        callbacks_.abandon_store(callbacks_.context, &request, decision_.path, why.c_str());
        return statusOutOfResources;
    }
    received.file_byte_count = file_.fileBytes();
    received.data_set_byte_count = file_.dataSetBytes();
    received.identity = identify(file_.prefix(), file_.prefix().size() == file_.dataSetBytes(),
        request.transfer_syntax_uid, request.sop_class_uid, request.sop_instance_uid);
    return callbacks_.end_store(callbacks_.context, &received);
}

}  // namespace glenoid
