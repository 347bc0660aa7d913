// The header of a report and its bytes.
#include "Report.hpp"

#include <memory>

#include "dcmtk/dcmdata/dcostrmb.h"

using glenoid::fail;
using glenoid::guarded;
using glenoid::require;

namespace {

// Moves every element of `from` into `to`, replacing what is there.
void move_elements(DcmItem &from, DcmItem &to) {
    while (from.card() > 0) {
        std::unique_ptr<DcmElement> element(from.remove(0UL));
        require(to.insert(element.get(), OFTrue), CDCMTK_BAD_DATA, 0, "placing an attribute");
        element.release();
    }
}

// The object as it stands in a file. The preamble and the prefix (PS3.10 7.1) are not in calcElementLength.
std::vector<uint8_t> part10(DcmFileFormat &file) {
    constexpr E_TransferSyntax syntax = EXS_LittleEndianExplicit;
    require(file.validateMetaInfo(syntax), CDCMTK_BAD_DATA, 0, "the file meta information");
    const size_t byte_count_max = size_t(file.calcElementLength(syntax, EET_ExplicitLength)) + 4096;
    std::vector<uint8_t> buffer(byte_count_max);
    DcmOutputBufferStream stream(buffer.data(), buffer.size());
    file.transferInit();
    const OFCondition written = file.write(stream, syntax, EET_ExplicitLength, nullptr, EGL_recalcGL, EPD_noChange);
    file.transferEnd();
    require(written, CDCMTK_BAD_DATA, 0, "writing the report");
    void *start = nullptr;
    offile_off_t byte_count = 0;
    stream.flushBuffer(start, byte_count);
    buffer.resize(size_t(byte_count));
    return buffer;
}

}  // namespace

cdcmtk_status cdcmtk_report_set(cdcmtk_report *report, uint32_t tag, const char *value) {
    return guarded([&] {
        const DcmTagKey key = glenoid::tag_key(tag);
        require(report->header.putAndInsertString(DcmTag(key), value), CDCMTK_BAD_DATA, tag, "setting an attribute");
        DcmElement *element = nullptr;
        require(report->header.findAndGetElement(key, element), CDCMTK_BAD_DATA, tag, "setting an attribute");
        require(element->checkValue("1-n"), CDCMTK_BAD_DATA, tag, "an attribute of the report's header");
        if (!glenoid::fits(*element)) fail(CDCMTK_BAD_DATA, tag, "a text of the report's header is too long");
    });
}

cdcmtk_status cdcmtk_report_encode(cdcmtk_report *report, const uint8_t **bytes, size_t *byte_count) {
    return guarded([&] {
        if (report->depth != 0) fail(CDCMTK_BAD_DATA, 0x0040A730, "a content item is still open");
        require(report->document.completeDocument(), CDCMTK_BAD_DATA, 0x0040A491, "completing the report");
        DcmFileFormat file;
        DcmDataset &dataset = *file.getDataset();
        require(report->document.write(dataset), CDCMTK_BAD_DATA, 0x0040A730, "writing the report's content");
        // dcmsr claims its own authorship of the instance; the header may name another.
        dataset.findAndDeleteElement(DCM_InstanceCreatorUID);
        move_elements(report->copied, dataset);
        move_elements(report->header, dataset);
        report->bytes = part10(file);
        *bytes = report->bytes.data();
        *byte_count = report->bytes.size();
    });
}
