// The data sets that a user sends: as they lie in the file, or in another uncompressed encoding.
#include "User.hpp"

#include "dcmtk/dcmdata/dcfilefo.h"
#include "dcmtk/dcmdata/dcistrmf.h"
#include "dcmtk/dcmdata/dcostrmb.h"
#include "dcmtk/dcmdata/dcwcache.h"
#include "dcmtk/dcmdata/dcxfer.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace glenoid {
namespace {

constexpr size_t chunkBytes = 128 * 1024;

// Read errors come after the request went out, so the association cannot go on: the message would stay open.
[[noreturn]] void failReading(Link &link, const std::string &why, cdcmtk_user_code code = CDCMTK_USER_BAD_FILE) {
    link.blame(AbortReason::notSpecified, why);
    throw UserFailure{code, why};
}

// A file that is not there stays away; a disk or a table of open files may have room again.
[[noreturn]] void failReadingNow(Link &link, const char *doing, int number) {
    failReading(link, std::string(doing) + ": " + strerror(number),
        number == ENOENT ? CDCMTK_USER_BAD_FILE : CDCMTK_USER_UNREADABLE);
}

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

}  // namespace

void User::sendDataSet(uint8_t context, const char *path, uint64_t offset) {
    Descriptor file{open(path, O_RDONLY | O_CLOEXEC)};
    if (file.number < 0 || lseek(file.number, static_cast<off_t>(offset), SEEK_SET) < 0) {
        failReadingNow(*link_, "opening the file", errno);
    }
    // One fragment behind, because the last one says so.
    const size_t most = dcmnet_->fragmentBytesMax();
    std::vector<uint8_t> current(std::max(most, chunkBytes / most * most));
    std::vector<uint8_t> following(current.size());
    auto readInto = [&](std::vector<uint8_t> &chunk) {
        size_t filled = 0;
        while (filled < chunk.size()) {
            ssize_t got = ::read(file.number, chunk.data() + filled, chunk.size() - filled);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) failReadingNow(*link_, "reading the file", errno);
            if (got == 0) break;
            filled += static_cast<size_t>(got);
        }
        return filled;
    };
    size_t count = readInto(current);
    while (true) {
        size_t followingCount = count == current.size() ? readInto(following) : 0;
        bool isLast = followingCount == 0;
        // PS3.8 annex E: fragments are even. Only a deflated data set can be odd, and a pad byte after it is
        // ignored by whoever inflates it.
        if (isLast && count % 2 != 0) current[count++] = 0;
        sendBytes(context, isLast, current.data(), count);
        if (isLast) return;
        current.swap(following);
        count = followingCount;
    }
}

void User::sendTranscoded(uint8_t context, const char *path) {
    // DCMTK does not tell a file that it may not open now from one that is none.
    if (Descriptor probe{open(path, O_RDONLY | O_CLOEXEC)}; probe.number < 0) {
        failReadingNow(*link_, "opening the file", errno);
    }
    DcmFileFormat file;
    if (file.loadFile(path, EXS_Unknown, EGL_noChange, DCM_MaxReadLength).bad()) {
        failReading(*link_, "the file cannot be read as a data set");
    }
    const E_TransferSyntax target = DcmXfer(transferSyntaxes_[context / 2].c_str()).getXfer();
    DcmDataset &dataSet = *file.getDataset();
    if (dataSet.loadAllDataIntoMemory().bad() || !dataSet.canWriteXfer(target)) {
        failReading(*link_, "the data set cannot be written in the accepted transfer syntax");
    }
    std::array<uint8_t, chunkBytes> buffer;
    DcmOutputBufferStream stream(buffer.data(), buffer.size());
    DcmWriteCache cache;
    dataSet.transferInit();
    bool isLast = false;
    while (!isLast) {
        OFCondition condition = dataSet.write(stream, target, EET_ExplicitLength, &cache, EGL_recalcGL);
        if (condition.bad() && condition != EC_StreamNotifyClient) {
            failReading(*link_, "the data set cannot be written in the accepted transfer syntax");
        }
        isLast = condition.good();
        void *bytes = nullptr;
        offile_off_t count = 0;
        stream.flushBuffer(bytes, count);
        sendBytes(context, isLast, static_cast<const uint8_t *>(bytes), static_cast<size_t>(count));
    }
    dataSet.transferEnd();
}

}  // namespace glenoid
