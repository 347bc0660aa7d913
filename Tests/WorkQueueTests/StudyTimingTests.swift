import Testing
import WorkQueue

@Suite struct StudyTimingTests {
    private let timing = StudyTiming(settle: .seconds(2), idle: .seconds(30), maximumAge: .seconds(600))
    private let start = Timestamp(microseconds: 1_000_000_000)

    private func due(
        _ timing: StudyTiming, lastAfter: Int = 0, unclassified: Int = 0, open: Bool = false
    ) -> Duration {
        timing.due(
            StudyFacts(
                lastReceivedAt: start + .seconds(lastAfter), firstUnreportedAt: start,
                unclassifiedCount: unclassified, isAssociationOpen: open)) - start
    }

    @Test func aQuietStudyIsDueWhenItHasSettled() {
        #expect(due(timing) == .seconds(2))
        #expect(due(timing, lastAfter: 50) == .seconds(52))
    }

    @Test func anOpenAssociationHoldsItUntilIdle() {
        #expect(due(timing, open: true) == .seconds(30))
    }

    @Test func anUnclassifiedInstanceHoldsItUntilMaximumAge() {
        #expect(due(timing, unclassified: 1) == .seconds(600))
    }

    @Test func nothingHoldsItLongerThanMaximumAge() {
        #expect(due(timing, lastAfter: 599, open: true) == .seconds(600))
        #expect(due(timing, lastAfter: 900, unclassified: 7, open: true) == .seconds(600))
    }

    @Test func settleOfZeroMeansAtOnceWhoeverIsConnected() {
        let atOnce = StudyTiming(settle: .zero, idle: .seconds(30), maximumAge: .seconds(600))
        #expect(due(atOnce, open: true) == .zero)
        #expect(due(atOnce, unclassified: 1, open: true) == .seconds(600))
    }

    @Test func anOpenAssociationNeverSpeedsAReportUp() {
        let odd = StudyTiming(settle: .seconds(60), idle: .seconds(5), maximumAge: .seconds(600))
        #expect(due(odd, open: true) == .seconds(60))
    }
}
