// What the provider (SCP) and the user (SCU) of associations share.
#ifndef CDCMTK_NETWORK_H
#define CDCMTK_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How long a peer may take, in seconds; each must be above 0.
typedef struct {
    double request_seconds;  // for an A-ASSOCIATE-RQ to arrive whole, or for its answer (PS3.8 ARTIM)
    double idle_seconds;     // between two messages of an association
    double pdu_seconds;      // within one PDU, between two PDUs of a message, and for our PDUs to be taken
    double answer_seconds;   // for the response to a request of ours
    double farewell_seconds; // for the peer to close after a release, a rejection or an abort
    double rate_minimum;     // bytes a second that a data set must average once pdu_seconds are over
} cdcmtk_timeouts;

// Why an association was rejected, in the words of PS3.8 9.3.4: result 1 permanent, 2 transient; source 1 user,
// 2 provider (ACSE), 3 provider (presentation); the reason's meaning depends on the source.
typedef struct {
    uint8_t result;
    uint8_t source;
    uint8_t reason;
} cdcmtk_rejection;

// How many storage SOP classes DCMTK knows, and each of them; static strings.
size_t cdcmtk_storage_class_count(void);
const char *cdcmtk_storage_class(size_t index);

#ifdef __cplusplus
}
#endif

#endif
