/// Splits text with code extensions (ISO 2022) into runs of bytes of one set each.
struct CodeRuns {
    /// Bytes of one set, escape sequences removed.
    struct Run {
        let set: GraphicSet
        var bytes: [UInt8]
    }

    private let initial: CodeState
    private let fallbackUpper: GraphicSet?
    private let delimiters: Set<UInt8>
    private var state: CodeState
    private var runs: [Run] = []

    /// A splitter that starts in `initial` and returns to it after each of `delimiters`.
    init(initial: CodeState, fallbackUpper: GraphicSet?, delimiters: Set<UInt8>) {
        self.initial = initial
        self.fallbackUpper = fallbackUpper
        self.delimiters = delimiters
        state = initial
    }

    /// The runs of `bytes` in order; all bytes but the escape sequences are in them.
    mutating func split(_ bytes: [UInt8]) -> [Run] {
        runs = []
        state = initial
        var position = 0
        while position < bytes.count { position += step(bytes[position...]) }
        return runs
    }

    /// Takes in one character or escape sequence and gives the number of its bytes.
    private mutating func step(_ bytes: ArraySlice<UInt8>) -> Int {
        guard let byte = bytes.first else { return 0 }
        if byte == CodeState.escape {
            let length = state.designate(bytes.dropFirst())
            if length > 0 { return 1 + length }
        }
        if byte >= 0x80 {
            // Writers forget to designate again after a delimiter; the declared set is then what they mean.
            return append(bytes, to: state.upper ?? fallbackUpper ?? .ascii)
        }
        // In a two-byte set a delimiter's code is half of a character; controls and the blank are not in such
        // a set.
        if byte <= 0x20 || state.lower.width == 1 {
            let set = byte <= 0x20 ? GraphicSet.ascii : state.lower
            if delimiters.contains(byte) { state = initial }
            return append(bytes.prefix(1), to: set)
        }
        return append(bytes, to: state.lower)
    }

    /// Adds one character of `set` and gives the number of its bytes: fewer than the set's width at the end.
    private mutating func append(_ bytes: ArraySlice<UInt8>, to set: GraphicSet) -> Int {
        let character = bytes.prefix(set.width)
        if let last = runs.last, last.set == set {
            runs[runs.count - 1].bytes += character
        } else {
            runs.append(Run(set: set, bytes: Array(character)))
        }
        return character.count
    }
}
