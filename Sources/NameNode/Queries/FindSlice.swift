import Core
import MetaStore

/// One read of a query: goes on from where the one before stopped, until it has the answer or looked at enough rows for once.
///
/// **Which way is taken.** Three are open: an alternative's stretch of the index, whose candidates are checked one by one; the
/// index of the attribute to order by, from its beginning or end; the tree below the path, whose size the directory's counter
/// tells. Nobody keeps statistics of the values. Instead all ways are gone together, each so many rows, then four times as
/// many, and so on: the first that ends, or has found enough, wins. So a query costs a few times what the best way costs.
struct FindSlice {
    private static let roundFactor = 4
    private static let checksMax = 64
    private static let checksMin = 16
    /// Names looked at at once, before what comes too late is left out.
    private static let namesMax = 128

    private let find: Find
    private let resolved: ResolvedPath
    private let view: any MetadataView
    private var verifier: FindVerifier
    private var state: FindProgress

    init(_ find: Find, _ resolved: ResolvedPath, base: InodeID, _ view: any MetadataView, _ state: FindProgress) {
        self.find = find
        self.resolved = resolved
        self.view = view
        self.state = state
        verifier = FindVerifier(find, base: base, view)
    }

    mutating func run() throws(PlanInterrupt) -> Find.Outcome {
        let end = state.rows + Find.sliceRows
        while state.rows < end {
            guard state.rows <= find.rowsMax else {
                throw refusal(
                    .queryTooLarge,
                    "The query below \(find.path) has looked at \(find.rowsMax) rows and is not done; ask below a deeper "
                        + "path, or for an attribute that fewer have")
            }
            if let answer = try step() { return .done(answer) }
        }
        state.slices += 1
        return .more(state)
    }

    /// Some rows further; the answer when that was all.
    private mutating func step() throws(PlanInterrupt) -> [Find.Entry]? {
        switch state.stage {
        case .scopes:
            state.rows += try state.scopes.advance(resolved, &verifier.walk, view)
            if state.scopes.isWhole { state.stage = .race }
            return nil
        case .race: return try race()
        case .check:
            if find.order == nil, state.answers.isFull { return state.answers.answer }
            guard state.checked < state.candidates.count else { return state.answers.answer }
            try checkSome(upTo: state.candidates.count)
            return nil
        case .walk: return try walk()
        }
    }

    private mutating func walk() throws(PlanInterrupt) -> [Find.Entry]? {
        if find.order == nil, state.answers.isFull { return state.answers.answer }
        if state.checked < state.candidates.count {
            try checkSome(upTo: state.candidates.count)
            return nil
        }
        guard !state.walk.isWhole else { return state.answers.answer }
        let step = try state.walk.advance(&verifier.walk, view)
        (state.candidates, state.checked) = (step.entries, 0)
        state.rows += step.rows
        return nil
    }

    private mutating func race() throws(PlanInterrupt) -> [Find.Entry]? {
        let round = state.round
        if let index = state.alternatives.firstIndex(where: { !$0.isWhole && $0.inodes.count < round }) {
            state.rows += try state.alternatives[index].advance(state.scopes.found, rowsMax: round, view)
            return nil
        }
        let alternatives = state.alternatives
        let shortest = alternatives.indices.filter { alternatives[$0].isWhole }.min {
            alternatives[$0].inodes.count < alternatives[$1].inodes.count
        }
        let shortestRows = shortest.map { FindProgress.rowsPerCheck * alternatives[$0].inodes.count } ?? .max
        if state.walkRows <= min(FindProgress.rowsPerCheck * round, shortestRows) {
            (state.stage, state.candidates, state.checked) = (.walk, [verifier.walk.base], 0)
            return nil
        }
        if let shortest {
            // The first one may have been looked at in part.
            if shortest != 0 { state.checked = 0 }
            (state.stage, state.candidates) = (.check, alternatives[shortest].inodes)
            return nil
        }
        return try goOnInOrder()
    }

    /// Looks at what is next in the order of the answer, as far as that is known without an end of any way.
    private mutating func goOnInOrder() throws(PlanInterrupt) -> [Find.Entry]? {
        if let ordering = state.ordering {
            guard state.orderedRows < FindProgress.rowsPerCheck * state.round else { return nextRound() }
            return try checkOrdered(ordering)
        }
        guard find.order == nil, let first = state.alternatives.first, state.checked < first.inodes.count else {
            return nextRound()
        }
        state.candidates = first.inodes
        try checkSome(upTo: first.inodes.count)
        return state.answers.isFull ? state.answers.answer : nil
    }

    private mutating func nextRound() -> [Find.Entry]? {
        state.round *= Self.roundFactor
        return nil
    }

    private mutating func checkOrdered(_ ordering: IndexRange) throws(PlanInterrupt) -> [Find.Entry]? {
        let before = state.rows
        var merge =
            state.ordered
            ?? IndexMerge(ordering, in: state.scopes.found, isDescending: find.order?.isDescending == true)
        state.ordered = nil
        state.rows += try merge.fill(view)
        let hits = merge.take(batchCount)
        let entries = try view.gather(hits) { (hit, _) throws(PlanInterrupt) in
            let entry = try verifier.entry(hit.inode)
            // It may have got another value since the index was read: then this is not its place.
            return entry.flatMap { $0.key.elementsEqual(hit.value) ? $0 : nil }
        }
        for entry in entries.compactMap({ $0 }) where !state.answers.isFull { state.answers.add(entry) }
        state.ordered = merge
        state.rows += FindProgress.rowsPerCheck * hits.count
        state.orderedRows += state.rows - before
        return state.answers.isFull || merge.isWhole ? state.answers.answer : nil
    }

    private var batchCount: Int { min(Self.checksMax, max(Self.checksMin, find.limit - state.answers.count)) }

    /// Looks at the next of the candidates.
    private mutating func checkSome(upTo end: Int) throws(PlanInterrupt) {
        let looksAtNames = find.order?.field == .name && state.answers.knowsWorst
        let last = min(end, state.checked + (looksAtNames ? Self.namesMax : batchCount))
        var batch = state.candidates[state.checked..<last].filter { !state.answers.contains($0) }
        if looksAtNames {
            state.rows += batch.count
            batch = try earlyNames(batch)
        }
        let entries = try view.gather(batch) { (inode, _) throws(PlanInterrupt) in try verifier.entry(inode) }
        for entry in entries.compactMap({ $0 }) { state.answers.add(entry) }
        state.checked = last
        state.rows += FindProgress.rowsPerCheck * batch.count + 1
    }

    /// Those whose names come before the last of as many answers as are wanted: no index has the order of names, but one row
    /// has the name, so most of many candidates need no further look.
    private func earlyNames(_ batch: [InodeID]) throws(PlanInterrupt) -> [InodeID] {
        let answers = state.answers
        let early = try view.gather(batch) { (inode, view) throws(PlanInterrupt) in
            answers.mayTake(key: try view.locator(inode)?.name.utf8 ?? [], inode)
        }
        return zip(batch, early).filter(\.1).map(\.0)
    }
}
