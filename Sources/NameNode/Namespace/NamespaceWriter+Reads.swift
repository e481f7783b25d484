import Core
import MetaStore

/// What runs read: told with what they change next.
extension NamespaceWriter {
    /// A run asked where a file's blocks are.
    func opened(_ event: NamespaceEvent, by caller: Caller) {
        guard caller.run != nil else { return }
        // Bytes that go with the answer are told by the reader, too; whoever reads them elsewhere opens again.
        if !note(event, by: caller) { reads.countDropped() }
    }

    /// Datanodes sent bytes to readers who showed these tokens: what is known as `opened` counts as `read`. `completion` runs
    /// when all of it is noted; `.retriable` when some is not, and who tells must keep all and tell it again.
    ///
    /// A read in the name of a run that has ended, or of a file that is gone, comes too late to be recorded: it stays an
    /// opening, and is counted.
    func wereRead(
        _ tokens: [BlockAccessToken], completion: @escaping @Sendable (Result<Void, HFSError>) -> Void
    ) {
        var told: [ToldRead] = []
        for token in tokens {
            guard let opening = try? identities.opening(token) else {
                reads.countForged()
                continue
            }
            guard let user = identities.owner(of: opening.run) else {
                reads.countLate()
                continue
            }
            if !reads.markRead(opening.generation, by: opening.run) { told.append((opening, user)) }
        }
        guard !told.isEmpty else { return completion(.success(())) }
        events(of: told) { [self, told] result in
            switch result {
            case .success(let events): completion(noteAll(told, events))
            case .failure(let error):
                completion(.failure(HFSError(.retriable, "What was read cannot be looked up now", cause: "\(error)")))
            }
        }
    }

    private typealias ToldRead = (opening: Opening, user: String)

    /// What to tell of each; nil where there is nothing to tell. Metadata that are damaged leave out the reads that need them,
    /// and no others.
    private func events(
        of told: [ToldRead], completion: @escaping @Sendable (Result<[NamespaceEvent?], HFSError>) -> Void
    ) {
        engine.read({ view throws(PlanInterrupt) in
            try view.gather(told) { (read, view) throws(PlanInterrupt) in
                try TracePolicy.read(read.opening.generation, view)
            }
        }) { [self] result in
            guard case .failure(let error) = result, error.code == .corruptMetadata else { return completion(result) }
            guard told.count > 1 else { return completion(.success([nil])) }
            let half = told.count / 2
            events(of: Array(told.prefix(half))) { [self] first in
                guard case .success(let front) = first else { return completion(first) }
                events(of: Array(told.dropFirst(half))) { completion($0.map { front + $0 }) }
            }
        }
    }

    private func noteAll(_ told: [ToldRead], _ events: [NamespaceEvent?]) -> Result<Void, HFSError> {
        for (read, event) in zip(told, events) {
            guard let event else {
                reads.countLate()
                continue
            }
            guard note(event, by: Caller(user: read.user, run: read.opening.run)) else { return .failure(full(read)) }
        }
        return .success(())
    }

    private func full(_ read: ToldRead) -> HFSError {
        HFSError(.retriable, "Too many reads of \(read.opening.run), or of all runs, wait for the log; tell this later")
    }

    /// Gets into the log what has waited for some time, with whatever else is on its way there; who keeps reads until they are
    /// safe is told by `rounds`. Called by the namespace's clock.
    ///
    /// A change that took a run's reads along may itself not be durable yet: the last operation, which changes nothing, is
    /// answered after it.
    func tellWaitingReads(nowMs: Int64) {
        guard !blocks.safemode.isOn, let round = rounds.begin(nowMs: nowMs, isNeeded: reads.areUnsettled) else {
            return
        }
        reads.beginRound()
        let tellers = reads.waiting.compactMap { run in identities.owner(of: run).map { Caller(user: $0, run: run) } }
        let barrier = ReadBarrier(count: tellers.count + 1) { [rounds, reads] isDurable in
            reads.endRound(isDurable: isDurable)
            rounds.end(round, isDurable: isDurable)
        }
        for teller in tellers + [ownCaller] { submit(TellReads(caller: teller)) { barrier.arrived($0) } }
    }

    /// False when there is no room for it.
    private func note(_ event: NamespaceEvent, by caller: Caller) -> Bool {
        guard let run = caller.run else { return true }
        let noted = reads.note(event, by: run)
        for due in noted.toTell {
            // A run that has ended told all with its end.
            guard let user = identities.owner(of: due), !blocks.safemode.isOn else {
                reads.told(due)
                continue
            }
            let teller = due == run ? caller : Caller(user: user, run: due)
            // Nobody waits; a failure leaves the reads for the next record.
            submit(TellReads(caller: teller)) { [reads] _ in reads.told(due) }
        }
        return noted.isKept
    }
}
