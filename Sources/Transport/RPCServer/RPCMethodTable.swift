import Glibc

/// The services of a server by protocol name, and their methods by name bytes, so that dispatch makes no strings.
struct RPCMethodTable: Sendable {
    struct Entry: Sendable {
        let service: any RPCService
        let protocolBytes: [UInt8]
        let protocolVersion: UInt64
        /// Empty: every method is passed on.
        let methods: [String]
        /// Open addressing; -1 is a free slot, the capacity is a power of two at least twice the count.
        fileprivate let slots: [Int]
        fileprivate let methodBytes: [[UInt8]]
    }

    private(set) var entries: [Entry] = []

    init(_ services: [any RPCService]) {
        entries = services.map { service in
            let methods = service.methodNames
            let bytes = methods.map { Array($0.utf8) }
            var capacity = 8
            while capacity < methods.count * 2 { capacity *= 2 }
            var slots = [Int](repeating: -1, count: capacity)
            for (index, name) in bytes.enumerated() {
                var slot = name.withUnsafeBytes { Self.hash($0) } & (capacity - 1)
                while slots[slot] >= 0 { slot = (slot + 1) & (capacity - 1) }
                slots[slot] = index
            }
            return Entry(
                service: service, protocolBytes: Array(service.protocolName.utf8),
                protocolVersion: service.protocolVersion, methods: methods, slots: slots, methodBytes: bytes)
        }
    }

    /// The entry of the protocol with these name bytes.
    func protocolIndex(_ name: UnsafeRawBufferPointer) -> Int? {
        entries.firstIndex { Self.isEqual($0.protocolBytes, name) }
    }

    /// Index into the entry's methods; nil when it has none of that name.
    func methodIndex(_ name: UnsafeRawBufferPointer, in entryIndex: Int) -> Int? {
        let mask = entries[entryIndex].slots.count - 1
        var slot = Self.hash(name) & mask
        while true {
            let index = entries[entryIndex].slots[slot]
            if index < 0 { return nil }
            if Self.isEqual(entries[entryIndex].methodBytes[index], name) { return index }
            slot = (slot + 1) & mask
        }
    }

    private static func isEqual(_ known: [UInt8], _ name: UnsafeRawBufferPointer) -> Bool {
        known.count == name.count
            && known.withUnsafeBytes { bytes in
                guard let left = bytes.baseAddress, let right = name.baseAddress else { return name.isEmpty }
                return memcmp(left, right, name.count) == 0
            }
    }

    /// FNV-1a; the names are our own, so nobody can choose collisions among them.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: hash >> 20) & Int.max
    }
}
