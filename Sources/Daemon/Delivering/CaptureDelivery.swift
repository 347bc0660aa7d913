// Sends the heat maps that go with a report.
import Dicom
import WorkQueue

/// The Secondary Captures of a report that a destination has just taken, one for each image.
///
/// The report is what was promised; its heat maps are not. So a destination that refuses them, or an image whose map
/// cannot be drawn any more, becomes a remark on the delivery and never a dead letter. Only a world that failed is
/// worth another attempt, of the report too: storing the same objects twice is harmless (PS3.4 B.2).
struct CaptureDelivery {
    /// What the captures of one report may take in all; the rest is left out, so that a slow destination does not
    /// outlast its lease.
    static let timeMax = Duration.seconds(600)

    let queue: any WorkQueue
    let spool: Spool
    let time: any TimeSource
    let composer: ReportComposer
    let user: StoreUser

    /// Sends them all.
    ///
    /// - Parameters:
    ///   - warning: what the destination remarked on the report itself.
    ///   - isLast: whether no attempt would follow this one.
    /// - Throws: what the queue did.
    func deliver(_ claim: DeliveryClaim, warning: String?, isLast: Bool) throws -> DeliveryVerdict {
        guard let contents = try queue.contents(ofReport: claim.report.number) else {
            return .delivered(warning: warning)
        }
        let began = time.now()
        var remarks = warning.map { [$0] } ?? []
        for (index, reported) in contents.instances.enumerated() {
            let now = time.now()
            guard now - began < Self.timeMax else {
                remarks.append("\(contents.instances.count - index) heat maps left out: it took too long")
                break
            }
            switch try store(reported, of: contents, at: claim.report.recordedAt) {
            case .delivered(nil): break
            case .delivered(let remark?), .permanent(let remark):
                let text = "heat map: \(remark)"
                if !remarks.contains(text) { remarks.append(text) }
            case .transient(let reason):
                guard isLast else { return .transient("heat map: \(reason)") }
                remarks.append("heat maps given up: \(reason)")
                return .delivered(warning: remarks.joined(separator: "; "))
            }
        }
        return .delivered(warning: remarks.isEmpty ? nil : remarks.joined(separator: "; "))
    }

    private func store(
        _ reported: ReportedInstance, of contents: ReportContents, at moment: Timestamp
    ) throws -> DeliveryVerdict {
        do {
            let bytes = try composer.capture(reported, of: contents, at: moment)
            return try spool.lending(bytes) { path in DeliveryVerdict(try user.store(path: path)) }
        } catch CompositionError.permanent(let reason) {
            return .permanent(reason)
        } catch CompositionError.transient(let reason) {
            return .transient(reason)
        } catch let error as StoreUserError {
            return DeliveryVerdict(error)
        } catch let error as SpoolError {
            return .transient("\(error)")
        }
    }
}
