// Attributes taken from another object as they are, attributes of ours, and the bytes of the whole. DSRDocument's
// readStudyData leaves the character set behind, and its setters know one character set only, so the elements
// themselves are moved.
#include "Composition.hpp"

#include <algorithm>
#include <initializer_list>
#include <memory>

#include "dcmtk/dcmdata/dcostrmb.h"

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

// Whether no value of a string element is longer than its value representation allows. checkValue leaves lengths
// alone unless it knows the character set; they are sure where every character is one byte.
bool fits(DcmElement &element) {
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

// Whether a code item is whole enough to be written again (PS3.3 table 8.8-1: value, designator, meaning).
bool is_whole_code(DcmItem &item) {
    for (const DcmTagKey &key : {DCM_CodeValue, DCM_CodingSchemeDesignator, DCM_CodeMeaning}) {
        DcmElement *element = nullptr;
        if (item.findAndGetElement(key, element).bad() || element->isEmpty() || !fits(*element)) return false;
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
    return element.checkValue(multiplicity).good() && fits(element);
}

// Moves every element of `from` into `to`, replacing what is there.
void move_elements(DcmItem &from, DcmItem &to) {
    while (from.card() > 0) {
        std::unique_ptr<DcmElement> element(from.remove(0UL));
        require(to.insert(element.get(), OFTrue), CDCMTK_BAD_DATA, 0, "placing an attribute");
        element.release();
    }
}

// The object as it stands in a file. The preamble and the prefix (PS3.10 7.1) are not in calcElementLength.
std::vector<uint8_t> part10(DcmFileFormat &file, const cdcmtk_composition &composition) {
    constexpr E_TransferSyntax syntax = EXS_LittleEndianExplicit;
    require(file.validateMetaInfo(syntax), CDCMTK_BAD_DATA, 0, "the file meta information");
    // DCMTK signs every file it writes as its own, unless told to leave the finished meta information alone.
    DcmMetaInfo &meta = *file.getMetaInfo();
    require(meta.putAndInsertString(DCM_ImplementationClassUID, composition.implementation_class_uid.c_str()),
            CDCMTK_BAD_DATA, 0x00020012, "signing the object");
    require(meta.putAndInsertString(DCM_ImplementationVersionName, composition.implementation_version.c_str()),
            CDCMTK_BAD_DATA, 0x00020013, "signing the object");
    require(meta.computeGroupLengthAndPadding(EGL_withGL, EPD_noChange, EXS_LittleEndianExplicit, EET_ExplicitLength),
            CDCMTK_BAD_DATA, 0x00020000, "the file meta information");
    const size_t byte_count_max = size_t(file.calcElementLength(syntax, EET_ExplicitLength)) + 4096;
    std::vector<uint8_t> buffer(byte_count_max);
    DcmOutputBufferStream stream(buffer.data(), buffer.size());
    file.transferInit();
    const OFCondition written = file.write(stream, syntax, EET_ExplicitLength, nullptr, EGL_recalcGL, EPD_noChange,
                                           0, 0, 0, EWM_dontUpdateMeta);
    file.transferEnd();
    require(written, CDCMTK_BAD_DATA, 0, "writing the object");
    void *start = nullptr;
    offile_off_t byte_count = 0;
    stream.flushBuffer(start, byte_count);
    buffer.resize(size_t(byte_count));
    return buffer;
}

}  // namespace

cdcmtk_status cdcmtk_composition_copy(cdcmtk_composition *composition, const cdcmtk_item *source, uint32_t tag,
                                      bool only_if_legal) {
    return guarded([&] {
        const DcmTagKey key = glenoid::tag_key(tag);
        // DCMTK's accessors are not const although they change nothing that we can see.
        DcmItem &item = *const_cast<DcmItem *>(reinterpret_cast<const DcmItem *>(source));
        DcmElement *found = nullptr;
        if (item.findAndGetElement(key, found).bad() || !found) return;
        std::unique_ptr<DcmElement> element = conforming(*found, key);
        if (!element || element->getLengthField() == 0) return;
        DcmElement *placed = element.get();
        require(composition->copied.insert(placed, OFTrue), CDCMTK_BAD_DATA, tag, "copying an attribute");
        element.release();
        // Checked in its place, where the character set stands beside it.
        if (only_if_legal && !is_legal(*placed))
            require(composition->copied.findAndDeleteElement(key), CDCMTK_BAD_DATA, tag, "dropping an attribute");
    });
}

cdcmtk_status cdcmtk_composition_copy_empty(cdcmtk_composition *composition, uint32_t tag) {
    return guarded([&] {
        const DcmTagKey key = glenoid::tag_key(tag);
        if (composition->copied.tagExists(key)) return;
        require(composition->copied.insertEmptyElement(DcmTag(key)), CDCMTK_BAD_DATA, tag, "adding an empty attribute");
    });
}

cdcmtk_status cdcmtk_composition_set(cdcmtk_composition *composition, uint32_t tag, const char *value) {
    return guarded([&] {
        const DcmTagKey key = glenoid::tag_key(tag);
        DcmItem &header = composition->header;
        require(header.putAndInsertString(DcmTag(key), value), CDCMTK_BAD_DATA, tag, "setting an attribute");
        DcmElement *element = nullptr;
        require(header.findAndGetElement(key, element), CDCMTK_BAD_DATA, tag, "setting an attribute");
        // An identifier may be a peer's, with the leading zero in a component that PS3.5 9.1 forbids and that is in
        // circulation: the caller has checked what an archive needs of it.
        if (element->ident() != EVR_UI)
            require(element->checkValue("1-n"), CDCMTK_BAD_DATA, tag, "an attribute of the header");
        if (!fits(*element)) fail(CDCMTK_BAD_DATA, tag, "a text of the header is too long");
    });
}

cdcmtk_status cdcmtk_composition_sign(cdcmtk_composition *composition, const char *class_uid, const char *version) {
    return guarded([&] {
        composition->implementation_class_uid = class_uid;
        composition->implementation_version = version;
    });
}

void glenoid::compose(DcmFileFormat &file, cdcmtk_composition &composition, const uint8_t **bytes,
                      size_t *byte_count) {
    move_elements(composition.copied, *file.getDataset());
    move_elements(composition.header, *file.getDataset());
    composition.bytes = part10(file, composition);
    *bytes = composition.bytes.data();
    *byte_count = composition.bytes.size();
}
