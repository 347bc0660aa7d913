// Keeps what associations bring: the step between the network and the queue.
import Dicom
import Locks
import Logging
import WorkQueue

/// Decides who may send, and answers 0x0000 only for what is safe on the disk.
///
/// Every call comes on the association's own thread and blocks it, so that a sender waits exactly as long as its
/// object takes to become durable: sync of the file, rename, sync of its folder, commit of its row, status.
final class Receiver: StoreProviderDelegate {
    private let queue: any WorkQueue
    private let spool: Spool
    private let time: any TimeSource
    private let configuration: LiveConfiguration
    private let logger: Logger
    private let peers = Lock<[AssociationID: Peer]>([:])
    private let ends: AssociationEnds
    /// Makes association names unique over restarts: the provider counts from 1 in every process.
    private let epoch: String

    /// Who is at the other end of an association.
    private struct Peer {
        let callingAE: String
        let address: String
    }

    init(
        queue: any WorkQueue, spool: Spool, time: any TimeSource, configuration: LiveConfiguration,
        logger: Logger
    ) {
        self.queue = queue
        self.spool = spool
        self.time = time
        self.configuration = configuration
        self.logger = logger
        ends = AssociationEnds(queue: queue, time: time, logger: logger)
        epoch = String(time.now().microseconds, radix: 36)
    }

    // MARK: Associations

    func decide(on request: AssociationRequest) -> AssociationDecision {
        let settings = configuration.current.dicom
        guard request.calledAE == settings.aeTitle else {
            logger.warning(
                "association rejected: it calls another AE title than this node's",
                metadata: metadata(of: request, adding: ["called": "\(request.calledAE)"]))
            return .reject(.calledAENotRecognized)
        }
        guard settings.admits(callingAETitle: request.callingAE, address: request.peerAddress) else {
            logger.warning(
                "association rejected: the caller is not in dicom.callers", metadata: metadata(of: request))
            return .reject(.callingAENotRecognized)
        }
        peers.withLock { $0[request.id] = Peer(callingAE: request.callingAE, address: request.peerAddress) }
        logger.info("association opened", metadata: metadata(of: request))
        return .accept
    }

    func associationEnded(_ id: AssociationID, how end: AssociationEnd) {
        let peer = peers.withLock { $0.removeValue(forKey: id) }
        let facts: Logger.Metadata = [
            "association": "\(id)", "caller": "\(peer?.callingAE ?? "")", "stored": "\(end.storedCount)",
            "refused": "\(end.refusedCount)", "bytes": "\(end.byteCount)",
        ]
        logger.log(
            level: end.kind == .released ? .info : .warning, "association ended: \(end.text)", metadata: facts
        )
        ends.record(name(of: id))
    }

    func note(_ note: StoreProviderNote) {
        switch note.kind {
        case .probe: logger.debug("\(note)")
        case .established: break  // `decide` has told more about it.
        case .noRequest, .rejected, .refused: logger.warning("\(note)")
        case .trouble: logger.error("\(note)")
        }
    }

    // MARK: Instances

    func beginStore(_ request: StoreRequest) -> StoreDecision {
        do {
            // Asked before the object comes; `keep` asks again.
            if try queue.room() == .none { throw WorkQueueError.full }
            return .receive(path: try spool.makeIncomingPath(), freeBytesMin: spool.reserve)
        } catch {
            logger.error("instance refused: \(error)", metadata: metadata(of: request))
            return .refuse(.outOfResources)
        }
    }

    func abandonStore(_ request: StoreRequest, path: String, reason: String) {
        logger.warning("instance did not arrive whole: \(reason)", metadata: metadata(of: request))
        discard(path)
    }

    func endStore(_ stored: ReceivedFile) -> DIMSEStatus {
        let facts = metadata(of: stored.request)
        let instance: ReceivedInstance
        do throws(InstanceRefusal) {
            instance = try self.instance(stored)
        } catch {
            discard(stored.path)
            logger.error("instance refused: \(error)", metadata: facts)
            return error.status
        }
        do throws(SpoolError) {
            switch try spool.keep(incoming: stored.path, as: instance, in: queue, now: time.now()) {
            case .new(let id): logger.info("instance kept as \(id)", metadata: facts)
            case .revived(let id, _):
                logger.notice("instance came again: \(id) is no dead letter any more", metadata: facts)
            case .duplicate(let id): logger.info("instance is kept already as \(id)", metadata: facts)
            case .conflicting(let id):
                logger.warning(
                    "instance kept as \(id) beside another with the same UID and other content",
                    metadata: facts)
            }
            return .success
        } catch {
            logger.error("instance refused: \(error)", metadata: facts)
            return .outOfResources
        }
    }

    /// What the queue wants to know of a file, once it is certain that the file can be read.
    private func instance(_ stored: ReceivedFile) throws(InstanceRefusal) -> ReceivedInstance {
        let request = stored.request
        let peer = peers.withLock { $0[request.association] }
        return ReceivedInstance(
            sopInstanceUID: request.sopInstanceUID.text, sopClassUID: request.sopClassUID.text,
            studyInstanceUID: try InstanceCheck.studyInstanceUID(of: stored),
            transferSyntaxUID: request.transferSyntaxUID.text, digest: stored.digest.hex,
            byteCount: Int64(stored.fileByteCount), path: "", callingAE: peer?.callingAE ?? request.callingAE,
            peerAddress: peer?.address ?? "", association: name(of: request.association))
    }

    private func discard(_ path: String) {
        do {
            try spool.discardIncoming(path)
        } catch {
            // What stays in incoming/ is deleted at the next start.
            logger.error("an incoming file could not be deleted: \(error)")
        }
    }

    private func name(of association: AssociationID) -> String { "\(epoch)-\(association)" }

    private func metadata(of request: StoreRequest) -> Logger.Metadata {
        [
            "association": "\(request.association)", "caller": "\(request.callingAE)",
            "instance": "\(request.sopInstanceUID)",
        ]
    }

    private func metadata(of request: AssociationRequest, adding more: Logger.Metadata = [:])
        -> Logger.Metadata
    {
        let facts: Logger.Metadata = [
            "association": "\(request.id)", "caller": "\(request.callingAE)",
            "address": "\(request.peerAddress)",
        ]
        return facts.merging(more) { $1 }
    }
}
