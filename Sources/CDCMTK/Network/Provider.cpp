#include "Provider.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../Guard.hpp"
#include "ProviderAssociation.hpp"

namespace glenoid {
namespace {

constexpr int backlog = 128;
// How long an aborted association is waited for beyond its farewell: its thread may be in a callback.
constexpr double abortedSeconds = 10;

std::string addressText(const sockaddr_storage &address, socklen_t length, uint16_t &port) {
    char host[NI_MAXHOST] = "";
    char service[NI_MAXSERV] = "0";
    getnameinfo(reinterpret_cast<const sockaddr *>(&address), length, host, sizeof host, service, sizeof service,
        NI_NUMERICHOST | NI_NUMERICSERV);
    port = static_cast<uint16_t>(std::atoi(service));
    // An IPv4 peer of an IPv6 socket is called by its IPv4 address, so that address rules apply to it.
    constexpr const char *mapped = "::ffff:";
    std::string text = host;
    return text.rfind(mapped, 0) == 0 ? text.substr(std::strlen(mapped)) : text;
}

}  // namespace

ProviderSettings::ProviderSettings(const cdcmtk_provider_settings &settings)
    : bindAddress(settings.bind_address), port(settings.port), pduBytesMax(settings.pdu_bytes_max),
      associationsMax(settings.associations_max), handshakesMax(settings.handshakes_max),
      dataSetBytesMax(settings.data_set_bytes_max), timeouts(settings.timeouts),
      implementationClassUID(settings.implementation_class_uid),
      implementationVersion(settings.implementation_version),
      transferSyntaxes(
          settings.transfer_syntaxes, settings.transfer_syntaxes + settings.transfer_syntax_count) {}

Provider::Provider(const cdcmtk_provider_settings &settings, const cdcmtk_provider_callbacks &callbacks)
    : settings_(settings), callbacks_(callbacks) {
    listen();
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0) {
        close(listener_);
        fail(CDCMTK_WORLD, 0, "no descriptor for the provider: %s", strerror(errno));
    }
}

Provider::~Provider() {
    stopAccepting();
    if (acceptThread_.joinable()) acceptThread_.join();
    std::unique_lock<std::mutex> lock(mutex_);
    for (auto &link : associations_) link->cancel("the service is stopping");
    changed_.wait(lock, [this] { return threadCount_ == 0; });
    lock.unlock();
    if (listener_ >= 0) close(listener_);
    close(wake_);
}

void Provider::listen() {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    const std::string service = std::to_string(settings_.port);
    if (getaddrinfo(settings_.bindAddress.c_str(), service.c_str(), &hints, &found) != 0) {
        fail(CDCMTK_BAD_DATA, 0, "'%s' is not a numeric address to listen on", settings_.bindAddress.c_str());
    }
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(found, freeaddrinfo);
    int listener = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0) fail(CDCMTK_WORLD, 0, "no socket to listen on: %s", strerror(errno));
    // A restarted service must not wait for the last one's connections to be forgotten by the kernel.
    int on = 1;
    int off = 0;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ai_family == AF_INET6) setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(listener, address->ai_addr, address->ai_addrlen) != 0 || ::listen(listener, backlog) != 0) {
        int number = errno;
        close(listener);
        fail(CDCMTK_WORLD, 0, "cannot listen on %s port %u: %s", settings_.bindAddress.c_str(), settings_.port,
            strerror(number));
    }
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    getsockname(listener, reinterpret_cast<sockaddr *>(&bound), &length);
    addressText(bound, length, port_);
    listener_ = listener;
}

void Provider::start() {
    isAccepting_ = true;
    acceptThread_ = std::thread([this] {
        acceptConnections();
        isAccepting_ = false;
    });
}

void Provider::acceptConnections() {
    while (!isStopping_) {
        pollfd descriptors[2] = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
        int found = poll(descriptors, 2, -1);
        if (isStopping_) return;
        if (found < 0 && errno == EINTR) continue;
        if (found < 0) {
            note(CDCMTK_NOTE_TROUBLE, 0, "", std::string("waiting for connections: ") + strerror(errno));
            return;
        }
        if (descriptors[0].revents != 0) accept();
    }
}

void Provider::stopAccepting() {
    if (isStopping_.exchange(true)) return;
    // New connections are refused by the kernel from here on; the descriptor is closed by the destructor.
    shutdown(listener_, SHUT_RDWR);
    uint64_t one = 1;
    [[maybe_unused]] ssize_t written = write(wake_, &one, sizeof one);
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto &link : handshakes_) link->cancel("the service is stopping");
}

void Provider::accept() {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    int socket = accept4(listener_, reinterpret_cast<sockaddr *>(&peer), &length, SOCK_CLOEXEC);
    if (socket < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            note(CDCMTK_NOTE_TROUBLE, 0, "", std::string("accepting a connection: ") + strerror(errno));
            std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the connection stays in the backlog
        }
        return;
    }
    uint16_t port = 0;
    std::string address = addressText(peer, length, port);
    {
        std::unique_lock<std::mutex> lock(mutex_);
        // A good peer's handshake takes milliseconds, so the one that gives way is a peer that only holds the line.
        if (handshakes_.size() >= settings_.handshakesMax) {
            handshakes_.front()->cancel("too many connections without an association");
            handshakes_.pop_front();
        }
        // Threads that say farewell are the rest of the bound.
        const size_t threadsMax = settings_.associationsMax + 2 * settings_.handshakesMax;
        changed_.wait(lock, [&] { return threadCount_ < threadsMax || isStopping_; });
        ++threadCount_;
    }
    try {
        std::thread([this, socket, address, port] {
            serve(socket, address, port);
            std::lock_guard<std::mutex> lock(mutex_);
            --threadCount_;
            changed_.notify_all();  // under the lock: afterwards the provider may be gone
        }).detach();
    } catch (const std::exception &) {
        close(socket);
        std::lock_guard<std::mutex> lock(mutex_);
        --threadCount_;
        note(CDCMTK_NOTE_TROUBLE, 0, address, "no thread for a connection");
    }
}

void Provider::serve(int socket, const std::string &peerAddress, uint16_t peerPort) {
    std::shared_ptr<Link> link;
    try {
        link = std::make_shared<Link>(
            socket, Link::Phase::awaitingRequest, settings_.pduBytesMax, settings_.timeouts);
        {
            std::lock_guard<std::mutex> lock(mutex_);
            handshakes_.push_back(link);
            if (isStopping_) link->cancel("the service is stopping");
        }
        ProviderAssociation(*this, link, socket, peerAddress, peerPort).run();
    } catch (...) {
        note(CDCMTK_NOTE_TROUBLE, 0, peerAddress, "out of memory for an association");
        if (!link) close(socket);
    }
    if (!link) return;
    link->close();
    forget(link);
}

void Provider::forget(const std::shared_ptr<Link> &link) {
    std::lock_guard<std::mutex> lock(mutex_);
    handshakes_.remove(link);
    associations_.remove(link);
}

bool Provider::takeSlot(const std::shared_ptr<Link> &link) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (associationCount_ >= settings_.associationsMax) return false;
    ++associationCount_;
    handshakes_.remove(link);
    associations_.push_back(link);
    return true;
}

void Provider::returnSlot() {
    std::lock_guard<std::mutex> lock(mutex_);
    --associationCount_;
    changed_.notify_all();
}

size_t Provider::associationCount() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return associationCount_;
}

bool Provider::drain(double seconds) {
    stopAccepting();
    std::unique_lock<std::mutex> lock(mutex_);
    bool isEmpty = changed_.wait_until(lock, after(seconds), [this] { return associationCount_ == 0; });
    for (auto &link : associations_) link->cancel("the service is stopping");
    double patience = settings_.timeouts.farewell_seconds + abortedSeconds;
    changed_.wait_until(lock, after(patience), [this] { return threadCount_ == 0; });
    return isEmpty;
}

void Provider::note(
    cdcmtk_note_kind kind, uint64_t association, const std::string &peer, const std::string &text) const {
    cdcmtk_note note{kind, association, peer.c_str(), text.c_str()};
    callbacks_.note(callbacks_.context, &note);
}

}  // namespace glenoid
