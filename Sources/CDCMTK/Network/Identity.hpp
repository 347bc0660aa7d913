// Whether a data set is the object that its C-STORE-RQ announced, judged by its first bytes.
#ifndef GLENOID_IDENTITY_HPP
#define GLENOID_IDENTITY_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "CDCMTKProvider.h"

namespace glenoid {

// SOP Class UID (0008,0016) and SOP Instance UID (0008,0018) stand near the beginning, since elements are in
// ascending order (PS3.5 7.1); only a few short ones can come before. A sequence before them is stepped over where
// its length is known; else, and where the prefix ends first, the answer is "unknown". A deflated data set is not
// looked into. `isComplete`: the prefix is the whole data set.
cdcmtk_identity identify(
    const std::vector<uint8_t> &prefix, bool isComplete, const std::string &transferSyntaxUID,
    const std::string &sopClassUID, const std::string &sopInstanceUID);

}  // namespace glenoid

#endif
