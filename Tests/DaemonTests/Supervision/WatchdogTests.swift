import Daemon
import Testing

@Suite struct WatchdogTests {
    private let start = SuspendingClock.now

    @Test func watchdogWithoutHeartbeatsIsContent() {
        var watchdog = Watchdog()
        #expect(watchdog.stalled(now: start).isEmpty)
    }

    @Test func heartbeatMayStandStillUpToItsLimit() {
        var watchdog = Watchdog()
        let heartbeat = Heartbeat(name: "classifier", limit: .seconds(30))
        watchdog.watch(heartbeat, now: start)
        #expect(watchdog.stalled(now: start + .seconds(30)).isEmpty)
        #expect(watchdog.stalled(now: start + .seconds(31)).map(\.name) == ["classifier"])
    }

    @Test func beatStartsTheLimitAnew() {
        var watchdog = Watchdog()
        let heartbeat = Heartbeat(name: "classifier", limit: .seconds(30))
        watchdog.watch(heartbeat, now: start)
        heartbeat.beat()
        #expect(watchdog.stalled(now: start + .seconds(29)).isEmpty)
        #expect(watchdog.stalled(now: start + .seconds(58)).isEmpty)
        #expect(!watchdog.stalled(now: start + .seconds(60)).isEmpty)
        heartbeat.beat()
        #expect(watchdog.stalled(now: start + .seconds(61)).isEmpty)
    }

    @Test func aBeatMayBringAnotherLimit() {
        var watchdog = Watchdog()
        let heartbeat = Heartbeat(name: "delivery", limit: .seconds(30))
        watchdog.watch(heartbeat, now: start)
        heartbeat.beat(limit: .seconds(300))
        #expect(heartbeat.limit == .seconds(300))
        #expect(watchdog.stalled(now: start + .seconds(1)).isEmpty)
        #expect(watchdog.stalled(now: start + .seconds(300)).isEmpty)
        #expect(watchdog.stalled(now: start + .seconds(302)).map(\.name) == ["delivery"])
    }

    @Test func onlyTheOneThatStandsStillIsNamed() {
        var watchdog = Watchdog()
        let listener = Heartbeat(name: "listener", limit: .seconds(5))
        let delivery = Heartbeat(name: "delivery", limit: .seconds(300))
        watchdog.watch(listener, now: start)
        watchdog.watch(delivery, now: start)
        #expect(watchdog.stalled(now: start + .seconds(60)).map(\.name) == ["listener"])
    }

    @Test func forgottenHeartbeatIsNotMissed() {
        var watchdog = Watchdog()
        let heartbeat = Heartbeat(name: "listener", limit: .seconds(5))
        watchdog.watch(heartbeat, now: start)
        watchdog.forget(heartbeat)
        #expect(watchdog.stalled(now: start + .seconds(60)).isEmpty)
    }
}
