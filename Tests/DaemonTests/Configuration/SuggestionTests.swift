import Daemon
import Testing

@Suite struct SuggestionTests {
    @Test(
        arguments: [
            ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("", "abc", 3), ("port", "prot", 1),
            ("port", "ports", 1),
            ("kitten", "sitting", 3), ("ca", "abc", 3),
        ]) func distanceCountsSlips(first: String, second: String, distance: Int)
    {
        #expect(Suggestion.distance(first, second) == distance)
        #expect(Suggestion.distance(second, first) == distance)
    }

    @Test func nearNameIsSuggestedAndAFarOneIsNot() {
        let names = ["aeTitle", "port", "bind"]
        #expect(Suggestion.nearest(to: "aetitel", among: names) == "aeTitle")
        #expect(Suggestion.nearest(to: "ports", among: names) == "port")
        #expect(Suggestion.nearest(to: "maximum", among: names) == nil)
        #expect(Suggestion.nearest(to: "x", among: names) == nil)
        #expect(Suggestion.nearest(to: "port", among: []) == nil)
    }
}
