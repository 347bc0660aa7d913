import Tensor
import Testing

@Suite struct PanelsTests {
    private static let widths = [48, 40, 32, 24, 16, 8]

    @Test(
        arguments: [
            (8, [8]), (16, [16]), (40, [40]), (48, [48]), (80, [48, 32]), (112, [48, 32, 32]),
            (192, [48, 48, 48, 48]),
            (320, [40, 40, 40, 40, 40, 40, 40, 40]), (336, [48, 48, 48, 48, 48, 48, 48]),
            (5, [8]), (1000, [Int](repeating: 48, count: 20) + [40]),
        ])
    func channelsAreCutIntoPanels(channelCount: Int, expected: [Int]) {
        let panels = Panels(channelCount: channelCount, widths: Self.widths)
        #expect(panels.list.map(\.width) == expected)
        #expect(panels.count == (channelCount + 7) / 8 * 8)
    }

    @Test func panelsFollowOneAnotherForEveryCount() {
        for channelCount in 1...2000 {
            let panels = Panels(channelCount: channelCount, widths: Self.widths)
            var next = 0
            for panel in panels.list {
                #expect(panel.first == next && Self.widths.contains(panel.width))
                next += panel.width
            }
            #expect(next == panels.count)
        }
    }
}
