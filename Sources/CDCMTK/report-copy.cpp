// Patient and study attributes taken from a source file as they are. DSRDocument's readStudyData leaves the
// character set behind, and its setters know one character set only, so the elements themselves are moved.
#include "Report.hpp"

#include <algorithm>
#include <initializer_list>
#include <memory>

using glenoid::guarded;
using glenoid::require;

namespace {

// The element with the value representation that the dictionary has for its tag. A sender's explicit VR may be
// another (UN above all); the bytes are the same for every string, so they are moved over untouched.
std::unique_ptr<DcmElement> conforming(const DcmElement &found, const DcmTagKey &key) {
    const DcmTag tag(key);
    const DcmEVR expected = DcmVR(tag.getEVR()).getValidEVR();
    if (DcmVR(found.ident()).getValidEVR() == expected)
        return std::unique_ptr<DcmElement>(dynamic_cast<DcmElement *>(found.clone()));
    std::unique_ptr<DcmElement> bytes(dynamic_cast<DcmElement *>(found.clone()));
    if (!bytes || !DcmVR(expected).isaString()) return nullptr;
    const char *text = nullptr;
    Uint32 byte_count = 0;
    if (DcmVR(found.ident()).isaString()) {
        char *held = nullptr;
        if (bytes->getString(held, byte_count).bad()) return nullptr;
        text = held;
    } else {
        Uint8 *held = nullptr;
        if (bytes->getUint8Array(held).bad()) return nullptr;
        text = reinterpret_cast<const char *>(held);
        byte_count = bytes->getLength();
    }
    DcmElement *made = nullptr;
    if (DcmItem::newDicomElement(made, tag).bad()) return nullptr;
    std::unique_ptr<DcmElement> element(made);
    if (text && byte_count > 0 && element->putString(text, byte_count).bad()) return nullptr;
    return element;
}

// Whether a code item is whole enough to be written again (PS3.3 table 8.8-1: value, designator, meaning).
bool is_whole_code(DcmItem &item) {
    for (const DcmTagKey &key : {DCM_CodeValue, DCM_CodingSchemeDesignator, DCM_CodeMeaning}) {
        DcmElement *element = nullptr;
        if (item.findAndGetElement(key, element).bad() || element->isEmpty() || !glenoid::fits(*element)) return false;
    }
    return true;
}

// Whether an element has a value that makes no report illegal.
bool is_legal(DcmElement &element) {
    if (element.isEmpty()) return false;
    if (element.ident() == EVR_SQ) {
        auto &sequence = dynamic_cast<DcmSequenceOfItems &>(element);
        const bool codes = OFString(DcmTag(element.getTag()).getTagName()).find("CodeSequence") != OFString_npos;
        for (unsigned long index = 0; codes && index < sequence.card(); index += 1)
            if (!is_whole_code(*sequence.getItem(index))) return false;
        return true;
    }
    const DcmDictEntry *entry = dcmDataDict.rdlock().findEntry(element.getTag(), nullptr);
    const OFString multiplicity = entry && entry->isFixedSingleVM() && entry->getVMMax() == 1 ? "1" : "1-n";
    dcmDataDict.rdunlock();
    return element.checkValue(multiplicity).good() && glenoid::fits(element);
}

}  // namespace

bool glenoid::fits(DcmElement &element) {
    OFString text;
    if (!DcmVR(element.ident()).isaString() || element.getOFStringArray(text).bad()) return true;
    const size_t length_max = DcmVR(element.ident()).getMaxValueLength();
    const bool one_byte = std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) || c == 0x1B; });
    size_t length = 0;
    for (const char character : text) {
        length = character == '\\' ? 0 : length + 1;
        if (one_byte && length > length_max) return false;
    }
    return true;
}

cdcmtk_status cdcmtk_report_copy(cdcmtk_report *report, const cdcmtk_item *source, uint32_t tag, bool only_if_legal) {
    return guarded([&] {
        const DcmTagKey key = glenoid::tag_key(tag);
        // DCMTK's accessors are not const although they change nothing that we can see.
        DcmItem &item = *const_cast<DcmItem *>(reinterpret_cast<const DcmItem *>(source));
        DcmElement *found = nullptr;
        if (item.findAndGetElement(key, found).bad() || !found) return;
        std::unique_ptr<DcmElement> element = conforming(*found, key);
        if (!element || element->getLengthField() == 0) return;
        DcmElement *placed = element.get();
        require(report->copied.insert(placed, OFTrue), CDCMTK_BAD_DATA, tag, "copying an attribute");
        element.release();
        // Checked in its place, where the character set stands beside it.
        if (only_if_legal && !is_legal(*placed))
            require(report->copied.findAndDeleteElement(key), CDCMTK_BAD_DATA, tag, "dropping an attribute");
    });
}

cdcmtk_status cdcmtk_report_copy_empty(cdcmtk_report *report, uint32_t tag) {
    return guarded([&] {
        const DcmTagKey key = glenoid::tag_key(tag);
        if (report->copied.tagExists(key)) return;
        require(report->copied.insertEmptyElement(DcmTag(key)), CDCMTK_BAD_DATA, tag, "adding an empty attribute");
    });
}
