import Core
import Synchronization
import Testing

@testable import NameNode

@Suite("Bounds of traced reads")
final class TracedReadsBoundsTests {
    private func event(_ number: Int, _ kind: NamespaceEvent.Kind = .opened) -> NamespaceEvent {
        NamespaceEvent(
            kind, inode: InodeID(UInt64(number)), parent: .root, path: "/\(1000 + number)",
            change: .content(length: 1, modifiedMs: 1, checksum: nil))
    }

    private let size = RunReads.bytes(
        NamespaceEvent(.opened, inode: InodeID(1), parent: .root, path: "/1000"))
    private let runs = (1...4).map { RunID(UInt64($0)) }

    private let unkept = Mutex(0)

    /// The runs that are to be told of; counts what is not kept.
    private func note(_ reads: TracedReads, _ number: Int, by run: RunID) -> [RunID] {
        let noted = reads.note(event(number), by: run)
        if !noted.isKept { unkept.withLock { $0 += 1 } }
        return noted.toTell
    }

    @Test("what all runs' reads take is bounded: at half all are told, at the end reads are not taken")
    func total() {
        var bounds = TracedReads.Bounds()
        bounds.totalBytes = 8 * size
        let reads = TracedReads(bounds: bounds)
        var asks: [[RunID]] = []
        for number in 0..<10 { asks.append(note(reads, number, by: runs[number % 4])) }
        // Once: records are on their way.
        #expect(asks == [[], [], [], [], runs, [], [], [], [], []])
        #expect(unkept.withLock { $0 } == 2 && reads.pendingBytes == 8 * size)
        // The log takes a run's: there is room again, also for what was dropped.
        #expect(reads.pending(runs[0]).map(\.inode.rawValue) == [0, 4])
        reads.logged(runs[0])
        reads.told(runs[0])
        #expect(reads.pendingBytes == 6 * size)
        #expect(note(reads, 8, by: runs[0]) == [runs[0]])
        #expect(reads.pending(runs[0]).map(\.inode.rawValue) == [8] && unkept.withLock { $0 } == 2)
        // Those whose record failed are asked again later, whoever reads then.
        for run in runs { reads.told(run) }
        #expect(note(reads, 11, by: runs[0]) == [runs[0]])
        reads.told(runs[0])
        reads.keep { _ in true }
        #expect(note(reads, 12, by: runs[0]) == runs)
        #expect(unkept.withLock { $0 } == 3)
    }

    @Test("one run's reads are bounded and leave room for others'")
    func one() {
        var bounds = TracedReads.Bounds()
        bounds.runBytes = 2 * size
        let reads = TracedReads(bounds: bounds)
        for number in 0..<4 { _ = note(reads, number, by: runs[0]) }
        #expect(unkept.withLock { $0 } == 2)
        _ = note(reads, 0, by: runs[1])
        #expect(unkept.withLock { $0 } == 2 && reads.pending(runs[1]).count == 1)
    }

    @Test("what is remembered is bounded, of a run and of all; what is forgotten may be told again")
    func seen() {
        var bounds = TracedReads.Bounds()
        (bounds.runSeen, bounds.totalSeen) = (3, 4)
        let reads = TracedReads(bounds: bounds)
        for number in 0..<3 { _ = reads.note(event(number), by: runs[0]) }
        _ = reads.note(event(0), by: runs[0])
        #expect(reads.pending(runs[0]).count == 3)
        _ = reads.note(event(3), by: runs[0])
        _ = reads.note(event(0), by: runs[0])
        #expect(reads.pending(runs[0]).map(\.inode.rawValue) == [0, 1, 2, 3, 0])
        for number in 0..<2 { _ = reads.note(event(number), by: runs[1]) }
        // The one that is too much makes everybody forget.
        _ = reads.note(event(9), by: runs[2])
        _ = reads.note(event(0), by: runs[1])
        #expect(reads.pending(runs[1]).map(\.inode.rawValue) == [0, 1, 0])
    }

    @Test("runs that have ended take no memory")
    func ended() {
        let reads = TracedReads()
        for run in runs { _ = reads.note(event(1), by: run) }
        reads.keep { $0 == runs[0] }
        #expect(reads.pendingBytes == size && reads.droppedCount == 3)
        #expect(reads.pending(runs[1]).isEmpty && reads.pending(runs[0]).count == 1)
    }

    @Test("a read that comes while a record with its opening is planned is not lost")
    func planned() {
        let reads = TracedReads()
        _ = reads.note(event(1), by: runs[0])
        #expect(reads.pending(runs[0]).map(\.kind) == [.opened])
        let generation = FileGeneration(inode: InodeID(1), length: 1, modifiedMs: 1)
        #expect(!reads.markRead(generation, by: runs[0]))
        _ = reads.note(event(1, .read), by: runs[0])
        reads.logged(runs[0])
        #expect(reads.pending(runs[0]).map(\.kind) == [.read])
        #expect(reads.markRead(generation, by: runs[0]))
    }

    @Test("a read that has its place in the log counts as logged when a round that began later ended well")
    func durable() {
        let reads = TracedReads()
        let generation = FileGeneration(inode: InodeID(1), length: 1, modifiedMs: 1)
        _ = reads.note(event(1, .read), by: runs[0])
        reads.beginRound()
        reads.endRound(isDurable: false)
        _ = reads.pending(runs[0])
        reads.logged(runs[0])
        #expect(reads.knowledge(of: generation, by: runs[0]) == .read && reads.areUnsettled)
        _ = reads.note(event(2, .read), by: runs[0])
        reads.beginRound()
        _ = reads.note(event(3, .read), by: runs[0])
        _ = reads.pending(runs[0])
        reads.logged(runs[0])
        reads.endRound(isDurable: true)
        let known = (1...3).map { number in
            reads.knowledge(
                of: FileGeneration(inode: InodeID(UInt64(number)), length: 1, modifiedMs: 1), by: runs[0])
        }
        #expect(known == [.logged, .logged, .read] && reads.areUnsettled)
        reads.beginRound()
        reads.endRound(isDurable: true)
        #expect(!reads.areUnsettled)
    }

    @Test("generations of one file, which a run that follows it sees many of, are told apart by their hashes")
    func hashes() {
        for isLonger in [true, false] {
            let hashes = (0..<1000).map { number in
                FileGeneration(
                    inode: InodeID(1), length: isLonger ? UInt64(number) : 1, modifiedMs: isLonger ? 1 : Int64(number)
                ).hashValue
            }
            #expect(Set(hashes).count > 990)
        }
    }
}
