/// A hash table from 64-bit ids to values: open addressing, linear probing, backward-shift deletion.
///
/// Swift's Dictionary costs three times as much per lookup (SipHash) and cannot be swept a few slots at a time, which the
/// cache's clock hand needs. Ids are the namenode's own, so nobody can choose colliding ones. Used under its owner's lock.
final class IDTable<Value> {
    private var keys: UnsafeMutablePointer<UInt64>
    private var isUsed: UnsafeMutablePointer<Bool>
    private var values: UnsafeMutablePointer<Value>
    private(set) var slotCount: Int
    private(set) var count = 0

    private static var slotsMin: Int { 16 }

    init() {
        slotCount = Self.slotsMin
        keys = .allocate(capacity: slotCount)
        isUsed = .allocate(capacity: slotCount)
        values = .allocate(capacity: slotCount)
        isUsed.initialize(repeating: false, count: slotCount)
    }

    deinit {
        destroyValues()
        keys.deallocate()
        isUsed.deallocate()
        values.deallocate()
    }

    private func destroyValues() {
        guard count > 0 else { return }
        for slot in 0..<slotCount where isUsed[slot] { (values + slot).deinitialize(count: 1) }
    }

    @inline(__always)
    private func home(_ key: UInt64) -> Int {
        var hash = key &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & UInt64(truncatingIfNeeded: slotCount - 1))
    }

    /// The address of a key's value, valid until the table next changes.
    @inline(__always)
    func find(_ key: UInt64) -> UnsafeMutablePointer<Value>? {
        guard count > 0 else { return nil }
        var slot = home(key)
        while isUsed[slot] {
            if keys[slot] == key { return values + slot }
            slot = (slot + 1) & (slotCount - 1)
        }
        return nil
    }

    /// Adds a key that is not there.
    func insert(_ key: UInt64, _ value: consuming Value) {
        if (count + 1) * 4 > slotCount * 3 { resize(slotCount * 2) }
        var slot = home(key)
        while isUsed[slot] { slot = (slot + 1) & (slotCount - 1) }
        keys[slot] = key
        isUsed[slot] = true
        (values + slot).initialize(to: value)
        count += 1
    }

    @discardableResult
    func remove(_ key: UInt64) -> Value? {
        guard count > 0 else { return nil }
        var slot = home(key)
        while isUsed[slot] {
            if keys[slot] == key { return removeSlot(slot) }
            slot = (slot + 1) & (slotCount - 1)
        }
        return nil
    }

    /// Empties a slot and moves later ones of its run back, so that every probe still ends at its key.
    func removeSlot(_ removed: Int) -> Value {
        let value = (values + removed).move()
        count -= 1
        var hole = removed
        var slot = (hole + 1) & (slotCount - 1)
        while isUsed[slot] {
            let distance = (slot - home(keys[slot])) & (slotCount - 1)
            if distance >= (slot - hole) & (slotCount - 1) {
                keys[hole] = keys[slot]
                (values + hole).moveInitialize(from: values + slot, count: 1)
                hole = slot
            }
            slot = (slot + 1) & (slotCount - 1)
        }
        isUsed[hole] = false
        return value
    }

    /// The entry in a slot, for sweeping; nil when it is free.
    @inline(__always)
    func slot(_ index: Int) -> (key: UInt64, value: UnsafeMutablePointer<Value>)? {
        isUsed[index] ? (keys[index], values + index) : nil
    }

    func removeAll() {
        guard count > 0 else { return }
        destroyValues()
        let used = count
        count = 0
        if slotCount > 1024, used * 8 < slotCount {
            replaceSlots(slotCount / 2)
        } else {
            isUsed.update(repeating: false, count: slotCount)
        }
    }

    /// Gives up the slots, whose values were moved or destroyed, for `newCount` free ones.
    private func replaceSlots(_ newCount: Int) {
        keys.deallocate()
        isUsed.deallocate()
        values.deallocate()
        slotCount = newCount
        keys = .allocate(capacity: newCount)
        isUsed = .allocate(capacity: newCount)
        values = .allocate(capacity: newCount)
        isUsed.initialize(repeating: false, count: newCount)
    }

    private func resize(_ newCount: Int) {
        let (oldKeys, oldUsed, oldValues, oldCount) = (keys, isUsed, values, slotCount)
        slotCount = newCount
        keys = .allocate(capacity: newCount)
        isUsed = .allocate(capacity: newCount)
        values = .allocate(capacity: newCount)
        isUsed.initialize(repeating: false, count: newCount)
        for slot in 0..<oldCount where oldUsed[slot] {
            var target = home(oldKeys[slot])
            while isUsed[target] { target = (target + 1) & (slotCount - 1) }
            keys[target] = oldKeys[slot]
            isUsed[target] = true
            (values + target).moveInitialize(from: oldValues + slot, count: 1)
        }
        oldKeys.deallocate()
        oldUsed.deallocate()
        oldValues.deallocate()
    }
}
