#include "IncomingFile.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace glenoid {
namespace {

// Peers send fragments of 16 KiB as often as of 128 KiB: gathered, a radiograph is written in some dozens of calls.
constexpr size_t bufferBytes = 256 * 1024;
// The disk begins with what has arrived while the rest still comes: the sync at the end then has little left to wait for.
constexpr uint64_t writebackBytes = 1024 * 1024;
constexpr size_t preambleBytes = 128;

void append(std::vector<uint8_t> &bytes, size_t value, size_t byteCount) {
    for (size_t index = 0; index < byteCount; ++index) bytes.push_back(static_cast<uint8_t>(value >> 8 * index));
}

void appendShort(std::vector<uint8_t> &bytes, uint16_t element, const char *representation, std::string value,
    char padding) {
    if (value.empty()) return;
    if (value.size() % 2 != 0) value.push_back(padding);
    append(bytes, 0x0002, 2);
    append(bytes, element, 2);
    bytes.insert(bytes.end(), representation, representation + 2);
    append(bytes, value.size(), 2);
    bytes.insert(bytes.end(), value.begin(), value.end());
}

}  // namespace

std::vector<uint8_t> encodeMeta(const MetaInformation &meta) {
    std::vector<uint8_t> elements;
    // (0002,0001) File Meta Information Version, OB: 00 01
    const uint8_t version[] = {2, 0, 1, 0, 'O', 'B', 0, 0, 2, 0, 0, 0, 0, 1};
    elements.insert(elements.end(), std::begin(version), std::end(version));
    appendShort(elements, 0x0002, "UI", meta.sopClassUID, '\0');
    appendShort(elements, 0x0003, "UI", meta.sopInstanceUID, '\0');
    appendShort(elements, 0x0010, "UI", meta.transferSyntaxUID, '\0');
    appendShort(elements, 0x0012, "UI", meta.implementationClassUID, '\0');
    appendShort(elements, 0x0013, "SH", meta.implementationVersion, ' ');
    appendShort(elements, 0x0016, "AE", meta.sourceAE, ' ');
    appendShort(elements, 0x0018, "AE", meta.receivingAE, ' ');

    std::vector<uint8_t> bytes(preambleBytes, 0);
    const uint8_t groupLength[] = {'D', 'I', 'C', 'M', 2, 0, 0, 0, 'U', 'L', 4, 0};
    bytes.insert(bytes.end(), std::begin(groupLength), std::end(groupLength));
    append(bytes, elements.size(), 4);
    bytes.insert(bytes.end(), elements.begin(), elements.end());
    return bytes;
}

IncomingFile::IncomingFile() = default;

IncomingFile::~IncomingFile() { abandon(); }

bool IncomingFile::failWith(const char *doing) {
    error_ = std::string(doing) + ": " + strerror(errno);
    return false;
}

bool IncomingFile::open(const char *path, uint64_t freeBytesMin, const MetaInformation &meta) {
    abandon();
    freeBytesMin_ = freeBytesMin;
    error_.clear();
    fileBytes_ = handedOver_ = dataSetBytes_ = 0;
    prefix_.clear();
    buffer_.clear();
    buffer_.reserve(bufferBytes);
    if (!digest_) digest_.reset(EVP_MD_CTX_new());
    if (!digest_ || EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr) != 1) {
        error_ = "libcrypto has no SHA-256";
        return false;
    }
    descriptor_ = ::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (descriptor_ < 0) return failWith("creating the file");
    buffer_ = encodeMeta(meta);
    buffer_.reserve(bufferBytes);
    return true;
}

bool IncomingFile::append(const uint8_t *bytes, size_t byteCount) {
    if (prefix_.size() < prefixBytesMax) {
        size_t taken = std::min(byteCount, prefixBytesMax - prefix_.size());
        prefix_.insert(prefix_.end(), bytes, bytes + taken);
    }
    if (EVP_DigestUpdate(digest_.get(), bytes, byteCount) != 1) {
        error_ = "libcrypto failed to update a digest";
        return false;
    }
    dataSetBytes_ += byteCount;
    if (buffer_.size() + byteCount > bufferBytes && !flush()) return false;
    buffer_.insert(buffer_.end(), bytes, bytes + byteCount);
    return true;
}

// Asked before each write, since only the end of a data set tells how long it was: a few objects of two gigabytes
// that began while there was room would eat the reserve, and the queue with it.
bool IncomingFile::checkRoom() {
    if (freeBytesMin_ == 0) return true;
    struct statvfs space;
    if (fstatvfs(descriptor_, &space) != 0) return failWith("asking for the free space");
    if (static_cast<uint64_t>(space.f_bavail) * space.f_frsize >= freeBytesMin_ + buffer_.size()) return true;
    error_ = "the free space would fall below the reserve";
    return false;
}

bool IncomingFile::flush() {
    if (!checkRoom()) return false;
    size_t offset = 0;
    while (offset < buffer_.size()) {
        ssize_t written = ::write(descriptor_, buffer_.data() + offset, buffer_.size() - offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failWith("writing the file");
        offset += static_cast<size_t>(written);
    }
    fileBytes_ += buffer_.size();
    buffer_.clear();
    if (fileBytes_ - handedOver_ >= writebackBytes) {
        // Only a hint, and no promise: whether the bytes reached the disk is what the sync at the end answers.
        (void)sync_file_range(descriptor_, static_cast<off64_t>(handedOver_),
            static_cast<off64_t>(fileBytes_ - handedOver_), SYNC_FILE_RANGE_WRITE);
        handedOver_ = fileBytes_;
    }
    return true;
}

bool IncomingFile::finish(uint8_t digest[32]) {
    if (!flush()) return false;
    int descriptor = descriptor_;
    descriptor_ = -1;
    if (::close(descriptor) != 0 && errno != EINTR) return failWith("closing the file");
    if (EVP_DigestFinal_ex(digest_.get(), digest, nullptr) != 1) {
        error_ = "libcrypto failed to finish a digest";
        return false;
    }
    return true;
}

void IncomingFile::abandon() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

}  // namespace glenoid
