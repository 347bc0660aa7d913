internal import CSystemd
internal import Glibc

/// Tells systemd how the daemon is doing (sd_notify(3)). Without systemd every call does nothing.
package struct SystemdNotifier: Sendable {
    private let send: @Sendable (String) -> Void

    /// Talks to the service manager that `NOTIFY_SOCKET` names, if any.
    package init() {
        // A failure to send is the manager's to notice (it misses READY or WATCHDOG); the daemon goes on.
        self.init { state in _ = unsafe sd_notify(0, state) }
    }

    /// Sends states elsewhere, for tests.
    package init(send: @escaping @Sendable (String) -> Void) {
        self.send = send
    }

    /// The daemon listens and works; also the end of a reload.
    package func ready(_ status: String) {
        send("READY=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// A reload begins. `ready` ends it.
    ///
    /// MONOTONIC_USEC lets a manager with Type=notify-reload (systemd 253 on) tell this reload from an earlier one.
    package func reloading() {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    /// The daemon finishes what is in hand and ends.
    package func stopping(_ status: String) {
        send("STOPPING=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// One line for `systemctl status`.
    package func status(_ status: String) {
        send("STATUS=\(Self.oneLine(status))")
    }

    /// The daemon lives; the manager kills it when this does not come for WatchdogSec.
    package func watchdog() {
        send("WATCHDOG=1")
    }

    /// How often the manager wants to hear `watchdog`, halved to be in time (sd_watchdog_enabled(3)); nil: not at all.
    package static func watchdogInterval() -> Duration? {
        var microseconds: UInt64 = 0
        guard unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(microseconds / 2)
    }

    /// A newline would begin another assignment.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
