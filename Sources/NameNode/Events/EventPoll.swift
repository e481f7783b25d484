import Core
import MetaStore

/// One answer of the feed for one caller: reads, leaves out what the caller may not see, and reads on while nothing is left
/// and there is time.
///
/// A value that goes from step to step, on threads of the feed and of the engine's readers.
struct EventPoll: Sendable {
    typealias Completion = @Sendable (Result<FeedPage, HFSError>) -> Void

    let engine: any MetadataEngine
    let caller: Caller
    let clock: any HFSClock
    /// By the monotonic clock.
    let deadlineMs: Int64
    var request: FeedRequest

    /// Entries whose rights are looked up with the view held at a time.
    private static let stretch = 256

    func run(_ completion: @escaping Completion) {
        var request = request
        request.waitMs = max(deadlineMs - clock.monotonicMs, 0)
        engine.feed.read(request) { result in
            switch result {
            case .failure(let error): completion(.failure(error))
            case .success(let page) where caller.isSuperuser || page.events.isEmpty: completion(.success(page))
            case .success(let page): filter(page, page.entries[...], [], completion)
            }
        }
    }

    private func filter(
        _ page: FeedPage, _ left: ArraySlice<FeedEntry>, _ shown: [FeedEntry], _ completion: @escaping Completion
    ) {
        guard !left.isEmpty else { return finish(page, shown, completion) }
        let stretch = left.prefix(Self.stretch)
        engine.read({ view throws(PlanInterrupt) in
            var visibility = EventVisibility(caller: caller, view: view)
            var found: [FeedEntry] = []
            for entry in stretch {
                if let entry = try visibility.shown(entry) { found.append(entry) }
            }
            return found
        }) { result in
            switch result {
            case .failure(let error): completion(.failure(error))
            case .success(let found): filter(page, left.dropFirst(stretch.count), shown + found, completion)
            }
        }
    }

    private func finish(_ page: FeedPage, _ shown: [FeedEntry], _ completion: @escaping Completion) {
        if shown.isEmpty, clock.monotonicMs < deadlineMs, !request.isAbandoned() {
            var next = self
            next.request.start = .lsn(page.nextLSN)
            return next.run(completion)
        }
        var page = page
        page.events = PackedEvents(shown)
        completion(.success(page))
    }
}
