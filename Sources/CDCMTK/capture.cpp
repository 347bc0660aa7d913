// Secondary Captures.
#include "Composition.hpp"

#include <string>

#include "CDCMTKCapture.h"

using glenoid::fail;
using glenoid::guarded;
using glenoid::require;

struct cdcmtk_capture {
    cdcmtk_composition composition;
    DcmDataset sources;  // holds Source Image Sequence
};

namespace {

void put(DcmItem &item, const DcmTagKey &key, const char *text) {
    require(item.putAndInsertString(DcmTag(key), text), CDCMTK_BAD_DATA, 0, "an attribute of the capture");
}

void put(DcmItem &item, const DcmTagKey &key, uint16_t number) {
    require(item.putAndInsertUint16(DcmTag(key), number), CDCMTK_BAD_DATA, 0, "an attribute of the capture");
}

}  // namespace

cdcmtk_status cdcmtk_capture_create(cdcmtk_capture **capture) {
    return guarded([&] { *capture = new cdcmtk_capture; });
}

void cdcmtk_capture_free(cdcmtk_capture *capture) {
    (void)guarded([&] { delete capture; });
}

cdcmtk_composition *cdcmtk_capture_composition(cdcmtk_capture *capture) { return &capture->composition; }

cdcmtk_status cdcmtk_capture_add_source(cdcmtk_capture *capture, const char *class_uid, const char *instance_uid,
                                        const int32_t *frames, size_t frame_count) {
    return guarded([&] {
        DcmItem *item = nullptr;
        require(capture->sources.findOrCreateSequenceItem(DCM_SourceImageSequence, item, -2), CDCMTK_BAD_DATA,
                0x00082112, "a source of the capture");
        put(*item, DCM_ReferencedSOPClassUID, class_uid);
        put(*item, DCM_ReferencedSOPInstanceUID, instance_uid);
        std::string numbers;
        for (size_t index = 0; index < frame_count; index += 1)
            numbers += (index > 0 ? "\\" : "") + std::to_string(frames[index]);
        if (frame_count > 0) put(*item, DCM_ReferencedFrameNumber, numbers.c_str());
        DcmItem *purpose = nullptr;
        require(item->findOrCreateSequenceItem(DCM_PurposeOfReferenceCodeSequence, purpose, -2), CDCMTK_BAD_DATA,
                0x0040A170, "a source of the capture");
        put(*purpose, DCM_CodeValue, "121322");
        put(*purpose, DCM_CodingSchemeDesignator, "DCM");
        put(*purpose, DCM_CodeMeaning, "Source image for image processing operation");
    });
}

cdcmtk_status cdcmtk_capture_encode(cdcmtk_capture *capture, uint16_t rows, uint16_t columns, const uint8_t *samples,
                                    const uint8_t **bytes, size_t *byte_count) {
    return guarded([&] {
        DcmFileFormat file;
        DcmDataset &dataset = *file.getDataset();
        if (DcmElement *sources = capture->sources.remove(DCM_SourceImageSequence))
            require(dataset.insert(sources, OFTrue), CDCMTK_BAD_DATA, 0x00082112, "the sources of the capture");
        put(dataset, DCM_SamplesPerPixel, uint16_t(3));
        put(dataset, DCM_PhotometricInterpretation, "RGB");
        put(dataset, DCM_PlanarConfiguration, uint16_t(0));
        put(dataset, DCM_Rows, rows);
        put(dataset, DCM_Columns, columns);
        put(dataset, DCM_BitsAllocated, uint16_t(8));
        put(dataset, DCM_BitsStored, uint16_t(8));
        put(dataset, DCM_HighBit, uint16_t(7));
        put(dataset, DCM_PixelRepresentation, uint16_t(0));
        const size_t count = size_t(rows) * columns * 3;
        if (count > UINT32_MAX) fail(CDCMTK_LIMIT, 0x7FE00010, "the capture has more than 4 GiB of pixels");
        require(dataset.putAndInsertUint8Array(DCM_PixelData, samples, static_cast<unsigned long>(count)),
                CDCMTK_BAD_DATA, 0x7FE00010, "the pixels of the capture");
        glenoid::compose(file, capture->composition, bytes, byte_count);
    });
}
