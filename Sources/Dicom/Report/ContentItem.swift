/// One item of a report's content tree (PS3.3 C.17.3): what it is called, what it says and what hangs below it.
package struct ContentItem: Hashable, Sendable {
    /// How an item belongs to the one above it (PS3.3 table C.17.3-8).
    package enum Relationship: Hashable, Sendable {
        /// The root, which belongs to nothing.
        case root
        /// CONTAINS.
        case contains
        /// HAS OBS CONTEXT.
        case hasObservationContext
        /// HAS CONCEPT MOD.
        case hasConceptModifier
        /// HAS ACQ CONTEXT.
        case hasAcquisitionContext
        /// HAS PROPERTIES.
        case hasProperties
        /// INFERRED FROM.
        case inferredFrom
    }

    /// The value type with its value (PS3.3 C.17.3.2.1).
    package enum Value: Hashable, Sendable {
        /// CONTAINER, its content separate; the identifier of the template (PS3.16) it follows, if any.
        case container(templateIdentifier: String?)
        /// TEXT of any length.
        case text(String)
        /// CODE.
        case code(CodedEntry)
        /// NUM: a decimal string of at most 16 characters, and its unit.
        case number(String, unit: CodedEntry)
        /// UIDREF.
        case uid(UID)
        /// IMAGE; frame numbers count from 1, none means the whole image.
        case image(sopClassUID: UID, sopInstanceUID: UID, frameNumbers: [Int])
    }

    /// How the item belongs to the one above it.
    package var relationship: Relationship
    /// Concept Name; nil only where the standard lets it be absent (an IMAGE).
    package var concept: CodedEntry?
    /// What the item says.
    package var value: Value
    /// The items below it, in order.
    package var children: [ContentItem]

    /// An item from its parts.
    package init(
        _ relationship: Relationship, _ concept: CodedEntry?, _ value: Value, children: [ContentItem] = []
    ) {
        self.relationship = relationship
        self.concept = concept
        self.value = value
        self.children = children
    }

    /// The item and everything below it, in the order in which it is written.
    package var flattened: [ContentItem] { [self] + children.flatMap(\.flattened) }

    /// Every code that the item itself writes: its concept, its value, its unit.
    package var codes: [CodedEntry] {
        let named = concept.map { [$0] } ?? []
        switch value {
        case .code(let code): return named + [code]
        case .number(_, let unit): return named + [unit]
        case .container, .text, .uid, .image: return named
        }
    }
}

extension ContentItem {
    /// The same findings as this class of reports can say them.
    ///
    /// The three richer classes say all of the values above. Basic Text SR has no NUM (PS3.3 table A.35.1-2): there a
    /// number becomes a TEXT of the same concept, "93.4 %", with the same modifiers below it.
    package func degraded(to reportClass: SRClass) -> ContentItem {
        guard reportClass == .basicText else { return self }
        var item = self
        if case .number(let number, let unit) = value { item.value = .text("\(number) \(unit.value)") }
        item.children = children.map { $0.degraded(to: reportClass) }
        return item
    }
}
