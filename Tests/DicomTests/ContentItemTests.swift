import Dicom
import Testing

@Suite("Content items")
struct ContentItemTests {
    private let concept = CodedEntry("122157", "DCM", "Probability")
    private let percent = CodedEntry("%", "UCUM", "Percent")
    private let maker = CodedEntry("ZIMMER", "99GLENOID", "Zimmer")

    private var tree: ContentItem {
        let modifier = ContentItem(.hasConceptModifier, concept, .code(maker))
        let number = ContentItem(.contains, concept, .number("93.4", unit: percent), children: [modifier])
        return ContentItem(.root, concept, .container(templateIdentifier: "1500"), children: [number])
    }

    @Test(arguments: [SRClass.comprehensive3D, .comprehensive, .enhanced])
    func theRicherClassesSayTheSame(reportClass: SRClass) {
        #expect(tree.degraded(to: reportClass) == tree)
    }

    @Test func basicTextSaysNumbersInWordsAndKeepsTheirModifiers() {
        let number = tree.degraded(to: .basicText).children[0]
        #expect(number.value == .text("93.4 %"))
        #expect(number.concept == concept)
        #expect(number.children == tree.children[0].children)
    }

    @Test func itemsAndCodesAreListedInOrder() {
        #expect(tree.flattened.count == 3)
        #expect(tree.children[0].codes == [concept, percent])
        #expect(tree.flattened.flatMap(\.codes).last == maker)
    }
}
