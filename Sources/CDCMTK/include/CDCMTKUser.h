// A user (SCU) of a peer's verification and storage services: one association, used from one thread.
#ifndef CDCMTK_USER_H
#define CDCMTK_USER_H

#include <stdbool.h>

#include "CDCMTKNetwork.h"
#include "CDCMTKStatus.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cdcmtk_user cdcmtk_user;

typedef struct {
    const char *host;
    uint16_t port;
    const char *called_ae;
    const char *calling_ae;
    uint32_t pdu_bytes_max;  // 4096 to 131072
    uint32_t connect_seconds;
    cdcmtk_timeouts timeouts;
    double object_seconds;   // for the peer to take an object whole; above 0
    const char *implementation_class_uid;
    const char *implementation_version;
} cdcmtk_user_settings;

// One presentation context: an abstract syntax with one transfer syntax, so that the answer is unambiguous.
typedef struct {
    const char *abstract_syntax;
    const char *transfer_syntax;
} cdcmtk_proposal;

#define CDCMTK_PROPOSALS_MAX 128

typedef enum {
    CDCMTK_USER_OK = 0,
    CDCMTK_USER_UNRESOLVED = 1,    // the host name has no address
    CDCMTK_USER_UNREACHABLE = 2,   // no connection
    CDCMTK_USER_REJECTED = 3,      // A-ASSOCIATE-RJ, see `rejection`
    CDCMTK_USER_NO_CONTEXT = 4,    // no presentation context for what is to be sent
    CDCMTK_USER_ABORTED = 5,       // the peer aborted
    CDCMTK_USER_LOST = 6,          // the connection ended
    CDCMTK_USER_TIMED_OUT = 7,
    CDCMTK_USER_VIOLATION = 8,     // the peer broke the protocol
    CDCMTK_USER_BAD_FILE = 9,      // the file is not there, or is none that can be sent
    CDCMTK_USER_UNREADABLE = 10,   // the file cannot be read now
} cdcmtk_user_code;

typedef struct {
    cdcmtk_user_code code;
    cdcmtk_rejection rejection;
    char text[192];
} cdcmtk_user_result;

// Connects and negotiates. On success *user is the caller's to destroy, even where no context was accepted.
cdcmtk_user_result cdcmtk_user_open(
    const cdcmtk_user_settings *settings, const cdcmtk_proposal *proposals, size_t proposal_count, cdcmtk_user **user);

// The presentation context of a proposal, by its position in the call of open: 0 where it was refused.
uint8_t cdcmtk_user_context(const cdcmtk_user *user, size_t proposal_index);

// Whether the association can still be used: nothing has arrived since the last response (an abort, a release or
// the end of the connection would have).
bool cdcmtk_user_is_alive(const cdcmtk_user *user);

// C-ECHO in this context.
cdcmtk_user_result cdcmtk_user_echo(cdcmtk_user *user, uint8_t context, uint16_t *status);

// What a Part 10 file says about itself, and where its data set begins.
typedef struct {
    char sop_class_uid[65];
    char sop_instance_uid[65];
    char transfer_syntax_uid[65];
    uint64_t data_set_offset;
} cdcmtk_stored_file;

// Reads the file meta information.
cdcmtk_status cdcmtk_stored_file_read(const char *path, cdcmtk_stored_file *file);

// C-STORE of the file's data set in this context. `transcode`: the context's transfer syntax is not the file's,
// and both are uncompressed; otherwise the bytes go out as they lie in the file.
cdcmtk_user_result cdcmtk_user_store(
    cdcmtk_user *user, uint8_t context, const char *path, const cdcmtk_stored_file *file, bool transcode,
    uint16_t *status);

// Releases the association in order, or aborts it, and frees. Nothing for NULL.
void cdcmtk_user_close(cdcmtk_user *user);

#ifdef __cplusplus
}
#endif

#endif
