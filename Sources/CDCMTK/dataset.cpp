// Elements of a data set through DCMTK: parsing from memory, values in machine byte order, items of sequences.
#include "Guard.hpp"

#include "dcmtk/dcmdata/dctk.h"
#include "dcmtk/dcmdata/dcistrmb.h"
#include "dcmtk/oflog/oflog.h"

#include <cstring>
#include <memory>
#include <mutex>

#include "CDCMTKDataset.h"

using namespace glenoid;

struct cdcmtk_dataset {
    DcmDataset elements;
};

namespace {

DcmItem *asItem(const cdcmtk_item *item) {
    // DCMTK's accessors are not const although they change nothing that we can see.
    return const_cast<DcmItem *>(reinterpret_cast<const DcmItem *>(item));
}

const cdcmtk_item *asHandle(const DcmItem *item) { return reinterpret_cast<const cdcmtk_item *>(item); }

DcmTagKey key(uint32_t tag) {
    return DcmTagKey(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF));
}

E_TransferSyntax transferSyntax(cdcmtk_encoding encoding) {
    switch (encoding) {
        case CDCMTK_IMPLICIT_LITTLE: return EXS_LittleEndianImplicit;
        case CDCMTK_EXPLICIT_LITTLE: return EXS_LittleEndianExplicit;
        case CDCMTK_EXPLICIT_BIG: return EXS_BigEndianExplicit;
        case CDCMTK_IMPLICIT_BIG: return EXS_BigEndianImplicit;
    }
    return EXS_Unknown;
}

// The element without its value, NULL if absent.
DcmElement *find(const cdcmtk_item *item, uint32_t tag) {
    DcmElement *element = nullptr;
    return asItem(item)->findAndGetElement(key(tag), element, OFFalse).good() ? element : nullptr;
}

template <class Number>
void setArray(DcmElement &element, OFCondition (DcmElement::*get)(Number *&), cdcmtk_value &value) {
    Number *numbers = nullptr;
    if ((element.*get)(numbers).bad() || numbers == nullptr) return;
    value.bytes = reinterpret_cast<const uint8_t *>(numbers);
    value.count = element.getLength();
}

// DCMTK has one accessor for each width of value; getLength() is the byte count of all of them.
void setValue(DcmElement &element, cdcmtk_value &value) {
    switch (element.ident()) {
        case EVR_US: return setArray<Uint16>(element, &DcmElement::getUint16Array, value);
        case EVR_SS: return setArray<Sint16>(element, &DcmElement::getSint16Array, value);
        case EVR_UL:
        case EVR_up:
        case EVR_OL: return setArray<Uint32>(element, &DcmElement::getUint32Array, value);
        case EVR_SL: return setArray<Sint32>(element, &DcmElement::getSint32Array, value);
        case EVR_UV:
        case EVR_OV: return setArray<Uint64>(element, &DcmElement::getUint64Array, value);
        case EVR_SV: return setArray<Sint64>(element, &DcmElement::getSint64Array, value);
        case EVR_FL:
        case EVR_OF: return setArray<Float32>(element, &DcmElement::getFloat32Array, value);
        case EVR_FD:
        case EVR_OD: return setArray<Float64>(element, &DcmElement::getFloat64Array, value);
        case EVR_AT: return setArray<Uint16>(element, &DcmElement::getUint16Array, value);
        default: break;
    }
    if (auto *text = dynamic_cast<DcmByteString *>(&element)) {
        char *characters = nullptr;
        Uint32 count = 0;
        if (text->getString(characters, count).bad() || characters == nullptr) return;
        value.bytes = reinterpret_cast<const uint8_t *>(characters);
        value.count = count;
        return;
    }
    // What is left is DcmOtherByteOtherWord: OB and UN answer as bytes, OW and the undecided as words.
    setArray<Uint8>(element, &DcmElement::getUint8Array, value);
    if (value.bytes == nullptr) setArray<Uint16>(element, &DcmElement::getUint16Array, value);
}

}  // namespace

cdcmtk_status cdcmtk_initialise(void) {
    return guarded([] {
        static std::once_flag once;
        std::call_once(once, [] {
            OFLog::configure(OFLogger::OFF_LOG_LEVEL);
            // Elements that a relay turned into UN are read as what the dictionary says they are (PS3.5 6.2.2).
            dcmEnableUnknownVRConversion.set(OFTrue);
        });
        if (!dcmDataDict.isDictionaryLoaded()) fail(CDCMTK_WORLD, 0, "DCMTK's data dictionary cannot be loaded");
    });
}

cdcmtk_status cdcmtk_dataset_read(
    const uint8_t *bytes, size_t count, cdcmtk_encoding encoding, cdcmtk_dataset **dataset) {
    *dataset = nullptr;
    return guarded([&] {
        auto parsed = std::make_unique<cdcmtk_dataset>();
        DcmInputBufferStream stream;
        stream.setBuffer(bytes, static_cast<offile_off_t>(count));
        stream.setEos();
        parsed->elements.transferInit();
        const OFCondition condition =
            parsed->elements.read(stream, transferSyntax(encoding), EGL_noChange, DCM_MaxReadLength);
        parsed->elements.transferEnd();
        if (condition != EC_EndOfStream) require(condition, CDCMTK_BAD_DATA, 0, "data set");
        *dataset = parsed.release();
    });
}

void cdcmtk_dataset_free(cdcmtk_dataset *dataset) {
    guarded([&] { delete dataset; });
}

const cdcmtk_item *cdcmtk_dataset_root(const cdcmtk_dataset *dataset) { return asHandle(&dataset->elements); }

bool cdcmtk_item_contains(const cdcmtk_item *item, uint32_t tag) {
    bool contains = false;
    guarded([&] { contains = asItem(item)->tagExists(key(tag)); });
    return contains;
}

cdcmtk_status cdcmtk_item_value(const cdcmtk_item *item, uint32_t tag, cdcmtk_value *value) {
    *value = cdcmtk_value{"UN", nullptr, 0};
    return guarded([&] {
        DcmElement *element = find(item, tag);
        if (element == nullptr) fail(CDCMTK_ABSENT, tag, "is not in the data set");
        if (!element->isLeaf()) fail(CDCMTK_UNSUPPORTED, tag, "is a sequence");
        std::strncpy(value->vr, DcmVR(element->ident()).getValidVRName(), sizeof value->vr - 1);
        if (element->getLength() > 0) setValue(*element, *value);
    });
}

const cdcmtk_item *cdcmtk_item_next(const cdcmtk_item *item, uint32_t tag, const cdcmtk_item *previous) {
    const cdcmtk_item *next = nullptr;
    guarded([&] {
        // Not looked for anew at every item: that would take time with the square of their number.
        DcmObject *container = previous == nullptr ? find(item, tag) : asItem(previous)->getParent();
        auto *sequence = dynamic_cast<DcmSequenceOfItems *>(container);
        if (sequence == nullptr) return;
        DcmObject *object = sequence->nextInContainer(previous == nullptr ? nullptr : asItem(previous));
        next = asHandle(dynamic_cast<DcmItem *>(object));
    });
    return next;
}
