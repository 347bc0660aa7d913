// What stands behind a composition's handle, and how a composed object becomes bytes.
#ifndef GLENOID_COMPOSITION_HPP
#define GLENOID_COMPOSITION_HPP

#include "Guard.hpp"

#include <string>
#include <vector>

#include "dcmtk/dcmdata/dctk.h"

#include "CDCMTKComposition.h"

struct cdcmtk_composition {
    DcmDataset copied;  // taken from another object, bytes untouched
    DcmDataset header;  // ours; goes before what was copied
    std::string implementation_class_uid;
    std::string implementation_version;
    std::vector<uint8_t> bytes;
};

namespace glenoid {

// The tag from group << 16 | element.
inline DcmTagKey tag_key(uint32_t tag) { return DcmTagKey(uint16_t(tag >> 16), uint16_t(tag & 0xFFFF)); }

// Moves the composition's attributes into the file's data set and gives the file's bytes, which the composition owns.
void compose(DcmFileFormat &file, cdcmtk_composition &composition, const uint8_t **bytes, size_t *byte_count);

}  // namespace glenoid

#endif
