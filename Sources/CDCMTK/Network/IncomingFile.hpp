// A data set on its way to disk: file meta information, then the bytes as they arrive, with their digest.
#ifndef GLENOID_INCOMING_FILE_HPP
#define GLENOID_INCOMING_FILE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <openssl/evp.h>

namespace glenoid {

// PS3.10 7.1.
struct MetaInformation {
    std::string sopClassUID;
    std::string sopInstanceUID;
    std::string transferSyntaxUID;
    std::string implementationClassUID;
    std::string implementationVersion;
    std::string sourceAE;
    std::string receivingAE;
};

// Preamble, prefix and group 0002, in explicit VR little endian.
std::vector<uint8_t> encodeMeta(const MetaInformation &meta);

class IncomingFile {
public:
    IncomingFile();
    ~IncomingFile();
    IncomingFile(const IncomingFile &) = delete;
    IncomingFile &operator=(const IncomingFile &) = delete;

    // Creates the file, which must not exist. False, here and below: `error` says why, and the file is of no use.
    // It fails when it would leave its file system fewer free bytes than `freeBytesMin`.
    bool open(const char *path, uint64_t freeBytesMin, const MetaInformation &meta);
    bool append(const uint8_t *bytes, size_t byteCount);
    // Writes what is buffered and closes; not synced.
    bool finish(uint8_t digest[32]);
    // Closes what there is; removing the file is up to whoever chose its path.
    void abandon();

    bool isOpen() const { return descriptor_ >= 0; }
    const std::string &error() const { return error_; }
    uint64_t fileBytes() const { return fileBytes_; }
    uint64_t dataSetBytes() const { return dataSetBytes_; }
    // The first bytes of the data set, at most prefixBytesMax.
    const std::vector<uint8_t> &prefix() const { return prefix_; }

    static constexpr size_t prefixBytesMax = 16384;

private:
    bool flush();
    bool checkRoom();
    bool failWith(const char *doing);

    struct DigestDeleter {
        void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
    };

    int descriptor_ = -1;
    std::vector<uint8_t> buffer_;
    std::vector<uint8_t> prefix_;
    std::unique_ptr<EVP_MD_CTX, DigestDeleter> digest_;
    uint64_t freeBytesMin_ = 0;
    uint64_t fileBytes_ = 0;
    // How much of it the disk has been asked to begin with.
    uint64_t handedOver_ = 0;
    uint64_t dataSetBytes_ = 0;
    std::string error_;
};

}  // namespace glenoid

#endif
