// Patient and study attributes taken from a source file as they are. DSRDocument's readStudyData leaves the
// character set behind, and its setters know one character set only, so the elements themselves are moved.
#include "Report.hpp"

#include <algorithm>
#include <memory>

using glenoid::fail;
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
    return item.tagExistsWithValue(DCM_CodeValue) && item.tagExistsWithValue(DCM_CodingSchemeDesignator) &&
           item.tagExistsWithValue(DCM_CodeMeaning);
}

// Whether an optional element can be carried without making the report illegal.
bool is_worth_copying(DcmElement &element) {
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

namespace {

void copy_attributes(DcmItem &source, DcmItem &target, const uint32_t *tags, size_t tag_count,
                              const uint32_t *required, size_t required_count) {
    for (size_t index = 0; index < tag_count; index += 1) {
        const DcmTagKey key = glenoid::tag_key(tags[index]);
        DcmElement *found = nullptr;
        if (source.findAndGetElement(key, found).bad() || !found) continue;
        std::unique_ptr<DcmElement> element = conforming(*found, key);
        if (!element || element->getLengthField() == 0) continue;
        DcmElement *placed = element.get();
        require(target.insert(placed, OFTrue), CDCMTK_BAD_DATA, tags[index], "copying an attribute");
        element.release();
        const bool must = std::find(required, required + required_count, tags[index]) != required + required_count;
        // Checked in its place, where the character set stands beside it.
        if (!must && !is_worth_copying(*placed))
            require(target.findAndDeleteElement(key), CDCMTK_BAD_DATA, tags[index], "dropping an attribute");
    }
}

}  // namespace

cdcmtk_status cdcmtk_report_copy(cdcmtk_report *report, const cdcmtk_item *source, const uint32_t *tags,
                                 size_t tag_count, const uint32_t *required, size_t required_count) {
    return guarded([&] {
        // DCMTK's accessors are not const although they change nothing that we can see.
        DcmItem &item = *const_cast<DcmItem *>(reinterpret_cast<const DcmItem *>(source));
        copy_attributes(item, report->copied, tags, tag_count, required, required_count);
    });
}

cdcmtk_status cdcmtk_report_copied(cdcmtk_report *report, uint32_t tag, const char **text) {
    return guarded([&] {
        OFString value;
        if (report->copied.findAndGetOFString(glenoid::tag_key(tag), value).bad() || value.empty())
            fail(CDCMTK_ABSENT, tag, "the source file has no value here");
        report->text.assign(value.c_str(), value.length());
        *text = report->text.c_str();
    });
}
