#include "AssociatePDU.hpp"

#include <algorithm>
#include <cstring>

namespace glenoid {
namespace {

// PS3.8 tables 9-11 to 9-18 and annex D.
constexpr uint8_t applicationContextItem = 0x10;
constexpr uint8_t requestedContextItem = 0x20;
constexpr uint8_t acceptedContextItem = 0x21;
constexpr uint8_t abstractSyntaxItem = 0x30;
constexpr uint8_t transferSyntaxItem = 0x40;
constexpr uint8_t userInformationItem = 0x50;
constexpr uint8_t maximumLengthItem = 0x51;
constexpr uint8_t implementationClassItem = 0x52;
constexpr uint8_t roleItem = 0x54;
constexpr uint8_t implementationVersionItem = 0x55;
constexpr uint8_t extendedNegotiationItem = 0x56;
constexpr uint8_t userIdentityItem = 0x58;
constexpr uint8_t userIdentityAnswerItem = 0x59;

constexpr size_t fixedBytes = 68;  // protocol version to the last reserved byte before the first item
constexpr size_t nameBytesMax = 64;
constexpr size_t contextsMax = 128;  // odd numbers of one byte

// A run of bytes that is consumed from its front and never read past its end.
class Bytes {
public:
    Bytes(const uint8_t *start, size_t count) : start_(start), count_(count) {}

    const uint8_t *start() const { return start_; }
    size_t count() const { return count_; }
    uint8_t byte(size_t index) const { return index < count_ ? start_[index] : 0; }
    uint16_t word(size_t index) const { return static_cast<uint16_t>(byte(index) << 8 | byte(index + 1)); }
    uint32_t doubleWord(size_t index) const { return static_cast<uint32_t>(word(index)) << 16 | word(index + 2); }

    Bytes take(size_t count) {
        Bytes taken(start_, std::min(count, count_));
        start_ += taken.count_;
        count_ -= taken.count_;
        return taken;
    }

    // A name or UID: up to the first NUL, without trailing spaces.
    std::string text() const {
        size_t length = strnlen(reinterpret_cast<const char *>(start_), count_);
        while (length > 0 && start_[length - 1] == ' ') --length;
        return std::string(reinterpret_cast<const char *>(start_), length);
    }

private:
    const uint8_t *start_;
    size_t count_;
};

struct Item {
    uint8_t type;
    Bytes value;
    const uint8_t *start = nullptr;  // of its head
};

// The next item, or false where the rest is too short for what it says.
bool nextItem(Bytes &rest, Item &item) {
    if (rest.count() < 4) return false;
    item.start = rest.start();
    Bytes head = rest.take(4);
    size_t length = head.word(2);
    if (rest.count() < length) return false;
    item.type = head.byte(0);
    item.value = rest.take(length);
    return true;
}

const char *parseContext(Bytes value, bool isRequest, ProposedContext &context) {
    if (value.count() < 4) return "a presentation context item is too short";
    Bytes head = value.take(4);
    context.id = head.byte(0);
    context.result = isRequest ? 0 : head.byte(2);
    if (context.id % 2 == 0) return "a presentation context has an even number";
    if (context.result != 0) return nullptr;  // PS3.8 9.3.3.2: the rest is not significant
    size_t abstractCount = 0;
    while (value.count() > 0) {
        Item item{0, Bytes(nullptr, 0)};
        if (!nextItem(value, item)) return "an item runs past the end of its presentation context";
        if (item.type != abstractSyntaxItem && item.type != transferSyntaxItem) continue;
        if (item.value.count() > nameBytesMax) return "a UID is longer than 64 bytes";
        if (item.type == abstractSyntaxItem) {
            ++abstractCount;
            context.abstractSyntax = item.value.text();
        } else {
            context.transferSyntaxes.push_back(item.value.text());
        }
    }
    if (isRequest && abstractCount != 1) return "a presentation context has not exactly one abstract syntax";
    if (context.transferSyntaxes.empty()) return "a presentation context has no transfer syntax";
    if (!isRequest && context.transferSyntaxes.size() != 1) {
        return "an accepted presentation context has more than one transfer syntax";
    }
    return nullptr;
}

// dcmnet keeps the lengths of these items and copies by them, so they must fit together exactly.
const char *checkLengths(const Item &item) {
    const Bytes &value = item.value;
    switch (item.type) {
    case maximumLengthItem:
        return value.count() == 4 ? nullptr : "the maximum length item has not four bytes";
    case implementationClassItem:
    case implementationVersionItem:
        return value.count() <= nameBytesMax ? nullptr : "an implementation item is longer than 64 bytes";
    case roleItem:
        return value.count() >= 4 && value.count() == value.word(0) + 4u
            ? nullptr
            : "the lengths of a role selection item do not add up";
    case extendedNegotiationItem:
        return value.count() >= 2 && value.count() >= value.word(0) + 2u
            ? nullptr
            : "the lengths of an extended negotiation item do not add up";
    case userIdentityItem: {
        size_t primary = value.word(2);
        return value.count() >= 6 + primary && value.count() == 6 + primary + value.word(4 + primary)
            ? nullptr
            : "the lengths of a user identity item do not add up";
    }
    case userIdentityAnswerItem:
        return value.count() >= 2 && value.count() == value.word(0) + 2u
            ? nullptr
            : "the lengths of a user identity answer do not add up";
    default:
        return nullptr;
    }
}

const char *parseUserInformation(const uint8_t *body, Bytes value, bool isRequest, AssociatePDU &pdu) {
    bool hasIdentity = false;
    while (value.count() > 0) {
        Item item{0, Bytes(nullptr, 0)};
        if (!nextItem(value, item)) return "an item runs past the end of the user information";
        if (const char *wrong = checkLengths(item)) return wrong;
        if (item.type == maximumLengthItem) pdu.pduBytesMax = item.value.doubleWord(0);
        if (item.type == implementationClassItem) pdu.implementationClassUID = item.value.text();
        if (item.type == implementationVersionItem) pdu.implementationVersion = item.value.text();
        bool isIdentity = item.type == userIdentityItem || item.type == userIdentityAnswerItem;
        if (isIdentity || item.type == extendedNegotiationItem || item.type == roleItem) {
            pdu.unsupportedItems.push_back(static_cast<size_t>(item.start - body));
        }
        if (isIdentity) {
            if (hasIdentity) return "more than one user identity";
            if (isRequest != (item.type == userIdentityItem)) return "a user identity item of the wrong direction";
            hasIdentity = true;
        }
    }
    return nullptr;
}

}  // namespace

const char *parseAssociate(const uint8_t *body, size_t byteCount, bool isRequest, AssociatePDU &pdu) {
    Bytes rest(body, byteCount);
    if (byteCount < fixedBytes) return "an A-ASSOCIATE PDU is too short";
    Bytes fixed = rest.take(fixedBytes);
    pdu.protocolVersion = fixed.word(0);
    fixed.take(4);
    pdu.calledAE = fixed.take(16).text();
    pdu.callingAE = fixed.take(16).text();

    bool isSeen[256] = {};
    size_t applicationContextCount = 0;
    size_t userInformationCount = 0;
    while (rest.count() > 0) {
        Item item{0, Bytes(nullptr, 0)};
        if (!nextItem(rest, item)) return "an item runs past the end of an A-ASSOCIATE PDU";
        if (item.type == applicationContextItem) {
            if (++applicationContextCount > 1) return "more than one application context";
            if (item.value.count() > nameBytesMax) return "a UID is longer than 64 bytes";
            pdu.applicationContext = item.value.text();
        } else if (item.type == requestedContextItem || item.type == acceptedContextItem) {
            if (isRequest != (item.type == requestedContextItem)) {
                return "a presentation context item of the wrong direction";
            }
            ProposedContext context;
            if (const char *wrong = parseContext(item.value, isRequest, context)) return wrong;
            if (isSeen[context.id]) return "two presentation contexts have the same number";
            isSeen[context.id] = true;
            pdu.contexts.push_back(std::move(context));
            if (pdu.contexts.size() > contextsMax) return "more than 128 presentation contexts";
        } else if (item.type == userInformationItem) {
            if (++userInformationCount > 1) return "more than one user information item";
            if (const char *wrong = parseUserInformation(body, item.value, isRequest, pdu)) return wrong;
        }
    }
    // PS3.8 9.3.2, 9.3.3: one or more. dcmnet loses memory over none.
    if (pdu.contexts.empty()) return "no presentation context";
    return nullptr;
}

}  // namespace glenoid
