// The listening socket, its accept loop, and the threads of the associations.
#ifndef GLENOID_PROVIDER_HPP
#define GLENOID_PROVIDER_HPP

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "CDCMTKProvider.h"
#include "Link.hpp"

namespace glenoid {

struct ProviderSettings {
    explicit ProviderSettings(const cdcmtk_provider_settings &settings);

    std::string bindAddress;
    uint16_t port;
    uint32_t pduBytesMax;
    uint32_t associationsMax;
    uint32_t handshakesMax;
    uint64_t dataSetBytesMax;
    cdcmtk_timeouts timeouts;
    std::string implementationClassUID;
    std::string implementationVersion;
    std::unordered_set<std::string> transferSyntaxes;
};

class Provider {
public:
    Provider(const cdcmtk_provider_settings &settings, const cdcmtk_provider_callbacks &callbacks);
    ~Provider();
    Provider(const Provider &) = delete;
    Provider &operator=(const Provider &) = delete;

    void start();
    void stopAccepting();
    bool drain(double seconds);

    uint16_t port() const { return port_; }
    bool isListening() const { return isAccepting_ && !isStopping_; }
    size_t associationCount() const;

    const ProviderSettings &settings() const { return settings_; }
    const cdcmtk_provider_callbacks &callbacks() const { return callbacks_; }
    void note(cdcmtk_note_kind kind, uint64_t association, const std::string &peer, const std::string &text) const;

    // For the thread of an association: from a handshake to an association, unless there are too many.
    bool takeSlot(const std::shared_ptr<Link> &link);
    void returnSlot();
    uint64_t nextAssociation() { return ++lastAssociation_; }

private:
    void listen();
    void acceptConnections();
    void accept();
    void serve(int socket, const std::string &peerAddress, uint16_t peerPort);
    void forget(const std::shared_ptr<Link> &link);

    const ProviderSettings settings_;
    const cdcmtk_provider_callbacks callbacks_;
    int listener_ = -1;
    int wake_ = -1;  // an eventfd: readable once stopping
    uint16_t port_ = 0;
    std::atomic<bool> isAccepting_{false};
    std::atomic<bool> isStopping_{false};
    std::thread acceptThread_;
    std::atomic<uint64_t> lastAssociation_{0};

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::list<std::shared_ptr<Link>> handshakes_;  // oldest first
    std::list<std::shared_ptr<Link>> associations_;
    size_t associationCount_ = 0;  // slots taken; fewer than `associations_` while some say farewell
    size_t threadCount_ = 0;
};

}  // namespace glenoid

#endif
