// One association of the provider, from its first byte to its last, on its own thread.
#ifndef GLENOID_PROVIDER_ASSOCIATION_HPP
#define GLENOID_PROVIDER_ASSOCIATION_HPP

#include <memory>
#include <string>

#include "CommandSet.hpp"
#include "Dcmnet.hpp"
#include "IncomingFile.hpp"
#include "Provider.hpp"

namespace glenoid {

class ProviderAssociation {
public:
    ProviderAssociation(
        Provider &provider, std::shared_ptr<Link> link, int socket, std::string peerAddress, uint16_t peerPort);

    void run();

private:
    // What a presentation context was accepted for.
    struct Context {
        bool isAccepted = false;
        std::string abstractSyntax;
        std::string transferSyntax;
    };

    // Establishing (Negotiation.cpp).
    bool receiveRequest();
    bool establish();
    bool decide();
    void reject(cdcmtk_rejection rejection, const std::string &text);
    size_t negotiate();

    // Messages (ProviderAssociation.cpp).
    void converse();
    bool receiveCommand(Fragment &fragment, std::vector<uint8_t> &bytes);
    bool handle(const CommandSet &command, uint8_t context);
    bool answer(const CommandSet &request, uint8_t context, uint16_t status);
    bool refuse(const CommandSet &request, uint8_t context, uint16_t status, const char *why);
    void noteEnd(Dcmnet::Next last);

    // C-STORE (ProviderStore.cpp).
    bool store(const CommandSet &command, uint8_t context);
    const char *refusalOf(const CommandSet &command, const Context &context, uint16_t &status) const;
    bool receiveDataSet(uint8_t context, uint16_t &status, std::string &why);
    bool ignoreDataSet(uint8_t context);
    uint16_t deliver(const cdcmtk_store_request &request);
    bool nextOfDataSet(uint8_t context, Fragment &fragment);

    Provider &provider_;
    const ProviderSettings &settings_;
    const cdcmtk_provider_callbacks &callbacks_;
    std::shared_ptr<Link> link_;
    const int socket_;
    const std::string peerAddress_;
    const uint16_t peerPort_;
    const Clock::time_point start_ = Clock::now();

    uint64_t id_ = 0;
    Dcmnet dcmnet_;
    Context contexts_[256];
    std::string calledAE_;
    std::string callingAE_;
    IncomingFile file_;
    cdcmtk_store_decision decision_;

    cdcmtk_end_kind endKind_ = CDCMTK_END_CONNECTION_LOST;
    std::string endText_;
    uint64_t storedCount_ = 0;
    uint64_t refusedCount_ = 0;
    uint64_t byteCount_ = 0;
};

}  // namespace glenoid

#endif
