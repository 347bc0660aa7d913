// The user's C interface.
#include "CDCMTKUser.h"

#include "../Guard.hpp"
#include "User.hpp"
#include "dcmtk/dcmdata/dcistrmf.h"
#include "dcmtk/dcmdata/dcmetinf.h"
#include "dcmtk/dcmdata/dcdeftag.h"

#include <cerrno>
#include <cstring>

#include <unistd.h>

using namespace glenoid;

struct cdcmtk_user {
    User user;
};

namespace {

// Runs the body; whatever it throws becomes a result.
template <class Body>
cdcmtk_user_result attempted(Body &&body) noexcept {
    cdcmtk_user_result result{};
    auto set = [&](cdcmtk_user_code code, const char *text) {
        result.code = code;
        std::strncpy(result.text, text, sizeof result.text - 1);
    };
    try {
        body();
    } catch (const UserFailure &failure) {
        set(failure.code, failure.text.c_str());
        result.rejection = failure.rejection;
    } catch (const std::bad_alloc &) {
        set(CDCMTK_USER_LOST, "out of memory");
    } catch (...) {
        set(CDCMTK_USER_LOST, "a library raised an exception");
    }
    return result;
}

void copyUID(DcmMetaInfo &meta, const DcmTagKey &tag, char target[65]) {
    OFString value;
    if (meta.findAndGetOFString(tag, value).bad() || value.empty() || value.length() > 64) {
        fail(CDCMTK_BAD_DATA, static_cast<uint32_t>(tag.getGroup()) << 16 | tag.getElement(),
            "the file meta information lacks a UID");
    }
    std::strncpy(target, value.c_str(), 65);
}

}  // namespace

cdcmtk_user_result cdcmtk_user_open(
    const cdcmtk_user_settings *settings, const cdcmtk_proposal *proposals, size_t proposal_count,
    cdcmtk_user **user) {
    *user = nullptr;
    return attempted([&] { *user = new cdcmtk_user{User(*settings, proposals, proposal_count)}; });
}

uint8_t cdcmtk_user_context(const cdcmtk_user *user, size_t proposal_index) {
    return user->user.context(proposal_index);
}

bool cdcmtk_user_is_alive(const cdcmtk_user *user) {
    bool isAlive = false;
    guarded([&] { isAlive = user != nullptr && user->user.isAlive(); });
    return isAlive;
}

cdcmtk_user_result cdcmtk_user_echo(cdcmtk_user *user, uint8_t context, uint16_t *status) {
    return attempted([&] { *status = user->user.echo(context); });
}

cdcmtk_status cdcmtk_stored_file_read(const char *path, cdcmtk_stored_file *file) {
    return guarded([&] {
        *file = cdcmtk_stored_file{};
        DcmInputFileStream stream(path);
        if (stream.status().bad()) {
            const bool isAbsent = access(path, F_OK) != 0 && errno == ENOENT;
            require(stream.status(), isAbsent ? CDCMTK_BAD_DATA : CDCMTK_WORLD, 0, "opening the file");
        }
        DcmMetaInfo meta;
        meta.transferInit();
        require(meta.read(stream, EXS_Unknown, EGL_noChange, 1024 * 1024), CDCMTK_BAD_DATA, 0,
            "reading the file meta information");
        meta.transferEnd();
        copyUID(meta, DCM_MediaStorageSOPClassUID, file->sop_class_uid);
        copyUID(meta, DCM_MediaStorageSOPInstanceUID, file->sop_instance_uid);
        copyUID(meta, DCM_TransferSyntaxUID, file->transfer_syntax_uid);
        file->data_set_offset = static_cast<uint64_t>(stream.tell());
    });
}

cdcmtk_user_result cdcmtk_user_store(
    cdcmtk_user *user, uint8_t context, const char *path, const cdcmtk_stored_file *file, bool transcode,
    uint16_t *status) {
    return attempted([&] { *status = user->user.store(context, path, *file, transcode); });
}

void cdcmtk_user_close(cdcmtk_user *user) {
    guarded([&] { delete user; });
}
