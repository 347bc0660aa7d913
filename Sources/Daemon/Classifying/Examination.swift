import Classification
import Dicom
import WorkQueue

/// What happens to an instance before the network: opened, decided on, prepared. Any number at a time.
struct Examination: Sendable {
    /// Before an instance that could not be read is tried again.
    private static let retry = RetrySettings.internalWork

    let spool: Spool
    let time: any TimeSource
    let models: [ModelInUse]

    /// Opens an instance once and prepares it for every model that wants it.
    func look(at claim: InstanceClaim, decodingThreads: Int) -> Look {
        defer { spool.releasePixels(of: claim.instance) }
        guard !models.isEmpty else { return Look(ended: .skipped(reason: "no model is configured")) }
        let dataset: Dataset
        do throws(DicomError) {
            dataset = try Dataset(path: spool.absolute(claim.instance.path))
        } catch {
            return Look(ended: failure(error, of: claim))
        }
        var look = Look()
        for (index, model) in models.enumerated() {
            if case .skip(let reason) = Eligibility.decide(dataset, model.acceptance) {
                look.reasons.append(reason)
                continue
            }
            do throws(PreparationError) {
                look.prepared[index] = try model.classifier.prepare(
                    dataset, digest: claim.instance.digest, decodingThreads: decodingThreads)
            } catch {
                if case .dicom(let error) = error { return Look(ended: failure(error, of: claim)) }
                return Look(ended: .dead(reason: "\(error)"))
            }
        }
        return look
    }

    /// A file that cannot be read now may be readable later; data that are wrong stay wrong.
    private func failure(_ error: DicomError, of claim: InstanceClaim) -> InstanceOutcome {
        guard case .world = error else { return .dead(reason: "\(error)") }
        let pause = Self.retry.delay(afterAttempt: claim.attempt, jitter: 0)
        return .retry(reason: "\(error)", notBefore: time.now() + pause)
    }
}
