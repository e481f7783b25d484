import Core
import MetaStore

/// A stretch of an attribute's index, the same in every scope. It may hold more than what is looked for: candidates are
/// checked against their rows.
struct IndexRange: Hashable, Sendable {
    /// Bytes before the values' own in each key.
    let prefixCount: Int
    /// Keys behind this one.
    let after: [UInt8]
    /// Keys before this one.
    let end: [UInt8]

    private init(_ prefix: [UInt8], after: [UInt8], end: [UInt8]) {
        prefixCount = prefix.count
        self.after = prefix + after
        self.end = prefix + end
    }

    /// Whether a row of the index lies in it.
    func contains(_ sub: [UInt8]) -> Bool {
        after.lexicographicallyPrecedes(sub) && sub.lexicographicallyPrecedes(end)
    }

    /// All values of an attribute.
    static func all(_ name: String) -> IndexRange {
        IndexRange(AttributeKey.prefix(name), after: [], end: [AttributeValue.textTag + 1])
    }

    /// Where the values that meet a comparison lie.
    static func range(
        _ name: String, _ comparison: AttributeCondition.Comparison, _ operand: FindCondition.Operand
    ) -> IndexRange {
        let prefix = AttributeKey.prefix(name)
        let key: [UInt8]
        let (first, last): ([UInt8], [UInt8])
        switch operand {
        case .number(let number):
            key = AttributeValue.number(number).encoded
            (first, last) = ([AttributeValue.numberTag], [AttributeValue.textTag])
        case .text(let text):
            // A text that reads as a number is among the numbers, but only where it is looked for as it is.
            key =
                comparison == .equal ? AttributeValue(text).encoded : AttributeValue.encodedText(text, isWhole: true)
            (first, last) = ([AttributeValue.textTag], [AttributeValue.textTag + 1])
        }
        switch comparison {
        case .equal: return IndexRange(prefix, after: key, end: successor(key))
        case .notEqual: return all(name)
        case .less, .lessOrEqual: return IndexRange(prefix, after: first, end: successor(key))
        case .greater, .greaterOrEqual: return IndexRange(prefix, after: key, end: last)
        }
    }

    /// Where the texts lie that begin so.
    static func prefix(_ name: String, _ text: [UInt8]) -> IndexRange {
        let key = AttributeValue.encodedText(text, isWhole: false)
        return IndexRange(AttributeKey.prefix(name), after: key, end: successor(key))
    }

    /// The first bytes behind everything that begins with `bytes`.
    private static func successor(_ bytes: [UInt8]) -> [UInt8] {
        var next = bytes
        while next.last == 0xff { next.removeLast() }
        if let last = next.last { next[next.count - 1] = last + 1 }
        return next
    }
}

extension FindCondition {
    /// Ranges that together hold every entry that meets the condition; nil when the index cannot tell.
    var ranges: [IndexRange]? {
        switch self {
        case .all(let operands): return operands.lazy.compactMap(\.ranges).first
        case .any(let operands):
            var union: [IndexRange] = []
            for operand in operands {
                guard let ranges = operand.ranges else { return nil }
                union += ranges
            }
            return union
        // What lacks the attribute meets it as well.
        case .not: return nil
        case .exists(let field):
            guard case .attribute(let name) = field else { return nil }
            return [.all(name)]
        case .prefix(let field, let text):
            guard case .attribute(let name) = field else { return nil }
            return [.prefix(name, text)]
        case .compare(.kind, .equal, .text(let text)):
            guard text != FindField.file, text != FindField.directory else { return nil }
            return [.range(OwnAttribute.artifact.rawValue, .equal, .text(text))]
        case .compare(let field, let comparison, let operand):
            guard case .attribute(let name) = field else { return nil }
            return [.range(name, comparison, operand)]
        }
    }

    /// The ways to look for what meets the condition, each of them enough.
    var alternatives: [[IndexRange]] {
        guard case .all(let operands) = self else { return ranges.map { [$0] } ?? [] }
        return operands.flatMap(\.alternatives)
    }
}

extension IndexRange {
    /// It is a stretch of this attribute's values.
    func isOf(_ name: String) -> Bool { after.starts(with: AttributeKey.prefix(name)) }

    /// Alternatives of one stretch each over the same attribute as one: what lies in all of them.
    static func joined(_ alternatives: [[IndexRange]]) -> [[IndexRange]] {
        var joined: [[IndexRange]] = []
        for ranges in alternatives {
            guard ranges.count == 1,
                let index = joined.firstIndex(where: { $0.count == 1 && $0[0].isSameAttribute(ranges[0]) })
            else {
                joined.append(ranges)
                continue
            }
            joined[index] = [joined[index][0].intersection(ranges[0])]
        }
        return joined
    }

    private func isSameAttribute(_ other: IndexRange) -> Bool {
        after.prefix(prefixCount) == other.after.prefix(other.prefixCount)
    }

    private func intersection(_ other: IndexRange) -> IndexRange {
        IndexRange(
            prefixCount: prefixCount, after: after.lexicographicallyPrecedes(other.after) ? other.after : after,
            end: end.lexicographicallyPrecedes(other.end) ? end : other.end)
    }

    private init(prefixCount: Int, after: [UInt8], end: [UInt8]) {
        self.prefixCount = prefixCount
        self.after = after
        self.end = end
    }
}
