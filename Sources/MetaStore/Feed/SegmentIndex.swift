internal import Core
internal import Synchronization

/// Places in segments, one every 32 KiB, as far as somebody has read: so that a reader who comes back reads little twice.
///
/// 24 bytes a place: 48 KiB for a segment of 64 MiB.
final class SegmentIndex: Sendable {
    private static let stepBytes = 32 << 10

    private let places = Mutex<[UInt64: [SegmentPlace]]>([:])

    /// The last known place before record `lsn` in the segment that begins at `firstLSN`.
    func place(before lsn: UInt64, inSegment firstLSN: UInt64) -> SegmentPlace? {
        places.withLock { places in
            guard let known = places[firstLSN] else { return nil }
            var low = 0
            var high = known.count
            while low < high {
                let middle = (low + high) / 2
                if known[middle].lsn < lsn { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? nil : known[low - 1]
        }
    }

    /// True when a place at `position` is worth adding behind one at `last`.
    static func isStep(from last: Int, to position: Int) -> Bool { position - last >= stepBytes }

    /// Adds what lies behind the known places, found by a walk from one of them or from the segment's beginning.
    func add(_ found: [SegmentPlace], toSegment firstLSN: UInt64) {
        guard !found.isEmpty else { return }
        places.withLock { places in
            for place in found where place.lsn > places[firstLSN]?.last?.lsn ?? 0 {
                places[firstLSN, default: []].append(place)
            }
        }
    }

    /// Forgets segments that are gone.
    func forget(before firstLSN: UInt64) {
        places.withLock { places in places = places.filter { $0.key >= firstLSN } }
    }
}
