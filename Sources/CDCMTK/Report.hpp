// What stands behind a report's handle; shared by the files that build it.
#ifndef GLENOID_REPORT_HPP
#define GLENOID_REPORT_HPP

#include "Guard.hpp"

#include <vector>

#include "dcmtk/dcmdata/dctk.h"
#include "dcmtk/dcmsr/dsrdoc.h"

#include "CDCMTKReport.h"

struct cdcmtk_report {
    explicit cdcmtk_report(DSRTypes::E_DocumentType type) : document(type) {}

    DSRDocument document;
    DcmDataset copied;   // taken from the source file, bytes untouched
    DcmDataset header;   // ours, replaces what dcmsr writes
    size_t depth = 0;    // items open
    bool fresh = true;   // the open item has no child yet
    std::vector<uint8_t> bytes;
};

namespace glenoid {

// The tag from group << 16 | element.
inline DcmTagKey tag_key(uint32_t tag) { return DcmTagKey(uint16_t(tag >> 16), uint16_t(tag & 0xFFFF)); }

// Whether no value of a string element is longer than its value representation allows. checkValue leaves lengths
// alone unless it knows the character set; they are sure where every character is one byte.
bool fits(DcmElement &element);

}  // namespace glenoid

#endif
