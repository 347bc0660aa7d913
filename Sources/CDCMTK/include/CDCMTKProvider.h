// A storage and verification provider (SCP): one thread for each association, data sets written as they arrive.
#ifndef CDCMTK_PROVIDER_H
#define CDCMTK_PROVIDER_H

#include <stdbool.h>

#include "CDCMTKNetwork.h"
#include "CDCMTKStatus.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cdcmtk_provider cdcmtk_provider;

// Copied by cdcmtk_provider_create.
typedef struct {
    const char *bind_address;              // numeric, IPv4 or IPv6
    uint16_t port;                         // 0: any free one
    uint32_t pdu_bytes_max;                // what peers are told; 4096 to 131072
    uint32_t associations_max;             // established at once; more are answered "local limit exceeded"
    uint32_t handshakes_max;               // connections without an association yet; more end the oldest
    uint64_t data_set_bytes_max;           // larger data sets are refused
    cdcmtk_timeouts timeouts;
    const char *implementation_class_uid;  // ours, for the negotiation and the file meta information
    const char *implementation_version;    // at most 16 characters
    const char *const *transfer_syntaxes;  // those that are accepted
    size_t transfer_syntax_count;
} cdcmtk_provider_settings;

// An A-ASSOCIATE-RQ. The strings live as long as the call that carries them; they hold printable ASCII only.
typedef struct {
    uint64_t association;
    const char *called_ae;
    const char *calling_ae;
    const char *peer_address;
    uint16_t peer_port;
    const char *implementation_class_uid;
    const char *implementation_version;
    size_t context_count;
    size_t acceptable_context_count;
} cdcmtk_association_request;

typedef struct {
    bool accept;
    cdcmtk_rejection rejection;  // where not accepted
} cdcmtk_association_decision;

typedef enum {
    CDCMTK_END_RELEASED = 0,
    CDCMTK_END_PEER_ABORTED = 1,
    CDCMTK_END_CONNECTION_LOST = 2,
    CDCMTK_END_TIMED_OUT = 3,
    CDCMTK_END_VIOLATION = 4,  // the peer broke the protocol; aborted by us
    CDCMTK_END_SHUT_DOWN = 5,  // aborted by us, because the provider stops
} cdcmtk_end_kind;

typedef struct {
    uint64_t association;
    cdcmtk_end_kind kind;
    const char *text;
    uint64_t stored_count;   // data sets answered with success or a warning
    uint64_t refused_count;  // data sets answered with a failure, by us or by the delegate
    uint64_t byte_count;     // of all data sets that arrived
    double seconds;
} cdcmtk_association_end;

// A C-STORE-RQ.
typedef struct {
    uint64_t association;
    const char *calling_ae;
    const char *sop_class_uid;
    const char *sop_instance_uid;
    const char *transfer_syntax_uid;
} cdcmtk_store_request;

#define CDCMTK_PATH_BYTES_MAX 4096

typedef struct {
    uint16_t refusal;                  // 0: receive; else the status to answer with
    uint64_t free_bytes_min;           // what must stay free of the file's file system while it is written
    char path[CDCMTK_PATH_BYTES_MAX];  // of a file that does not exist yet
} cdcmtk_store_decision;

// Whether the data set is the object that its C-STORE-RQ announced.
typedef enum {
    CDCMTK_IDENTITY_CONFIRMED = 0,
    CDCMTK_IDENTITY_DIFFERS = 1,    // another SOP Class or SOP Instance UID inside
    CDCMTK_IDENTITY_ABSENT = 2,     // one of the two is not in the data set
    CDCMTK_IDENTITY_UNREADABLE = 3, // not a data set of the negotiated transfer syntax
    CDCMTK_IDENTITY_UNKNOWN = 4,    // deflated, or too far from the beginning: not looked at
} cdcmtk_identity;

typedef struct {
    cdcmtk_store_request request;
    const char *path;
    uint64_t file_byte_count;
    uint64_t data_set_byte_count;
    uint8_t digest[32];  // SHA-256 of the data set as it arrived
    cdcmtk_identity identity;
} cdcmtk_received_file;

typedef enum {
    CDCMTK_NOTE_PROBE = 0,           // opened and closed without a byte
    CDCMTK_NOTE_NO_REQUEST = 1,      // connected, but no proper A-ASSOCIATE-RQ came
    CDCMTK_NOTE_REJECTED = 2,        // A-ASSOCIATE-RJ sent
    CDCMTK_NOTE_ESTABLISHED = 3,     // A-ASSOCIATE-AC sent
    CDCMTK_NOTE_REFUSED = 4,         // a message answered with a failure by the provider itself
    CDCMTK_NOTE_TROUBLE = 5,         // the machine: no descriptors, no threads
} cdcmtk_note_kind;

typedef struct {
    cdcmtk_note_kind kind;
    uint64_t association;  // 0: none yet
    const char *peer_address;
    const char *text;      // never an element's value
} cdcmtk_note;

// Every function is called on the thread of the association (notes of trouble: on that of the accept loop),
// may block, and must not throw. Strings live as long as the call.
typedef struct {
    void *context;
    cdcmtk_association_decision (*decide)(void *context, const cdcmtk_association_request *request);
    void (*association_ended)(void *context, const cdcmtk_association_end *end);
    void (*begin_store)(void *context, const cdcmtk_store_request *request, cdcmtk_store_decision *decision);
    uint16_t (*end_store)(void *context, const cdcmtk_received_file *file);
    void (*abandon_store)(void *context, const cdcmtk_store_request *request, const char *path, const char *reason);
    void (*note)(void *context, const cdcmtk_note *note);
} cdcmtk_provider_callbacks;

// Binds and listens; *provider is the caller's to destroy. The callbacks' context must outlive the provider.
cdcmtk_status cdcmtk_provider_create(
    const cdcmtk_provider_settings *settings, const cdcmtk_provider_callbacks *callbacks, cdcmtk_provider **provider);

// The port that is listened on.
uint16_t cdcmtk_provider_port(const cdcmtk_provider *provider);

// Starts the accept loop on a thread of its own, which ends with cdcmtk_provider_stop_accepting, or with a note of
// trouble when the listening socket fails. Once.
cdcmtk_status cdcmtk_provider_start(cdcmtk_provider *provider);

// Closes the listening socket; established associations go on. Any thread, any number of times.
void cdcmtk_provider_stop_accepting(cdcmtk_provider *provider);

// Whether the accept loop is running.
bool cdcmtk_provider_is_listening(const cdcmtk_provider *provider);

// Associations established now.
size_t cdcmtk_provider_association_count(const cdcmtk_provider *provider);

// Stops accepting, waits until the associations have ended, and aborts those still open after `seconds`.
// False: some had to be aborted.
bool cdcmtk_provider_drain(cdcmtk_provider *provider, double seconds);

// Aborts what is open, waits for every thread and frees. Not on a thread of a callback.
void cdcmtk_provider_destroy(cdcmtk_provider *provider);

#ifdef __cplusplus
}
#endif

#endif
