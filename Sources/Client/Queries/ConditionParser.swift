public import Core

/// Reads conditions as people write them: `ml.accuracy > 0.9 and (kind = model or not exists user.old)`.
///
/// Grammar, words in any case: `or` below `and` below `not`; a comparison is a field, one of `= == != <> < <= > >=`, and a
/// number, a word or a text in quotes; `field like 'begin*'`; `exists field`. `modified` takes a date, too: `2026-11-21`, with
/// or without `T10:30:00Z`.
public struct ConditionParser {
    private enum Token: Hashable {
        case word(String)
        case quoted(String)
        case symbol(String)
    }

    private var tokens: [Token] = []
    private var position = 0

    /// Throws `.invalidArgument`, saying what was expected where.
    public static func parse(_ text: String) throws(HFSError) -> AttributeCondition {
        var parser = ConditionParser()
        parser.tokens = try tokens(of: text)
        let condition = try parser.alternatives()
        guard parser.position == parser.tokens.count else { throw parser.expected("'and', 'or' or the end") }
        return condition
    }

    private static func tokens(of text: String) throws(HFSError) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "'" || first == "\"" {
                guard let end = rest.dropFirst().firstIndex(of: first) else {
                    throw HFSError(.invalidArgument, "The text \(rest) has no end")
                }
                tokens.append(.quoted(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else if let symbol = symbols.first(where: { rest.hasPrefix($0) }) {
                tokens.append(.symbol(symbol))
                rest.removeFirst(symbol.count)
            } else {
                let word = rest.prefix { !$0.isWhitespace && !"'\"()=!<>".contains($0) }
                guard !word.isEmpty else {
                    throw HFSError(.invalidArgument, "Nothing in a condition begins so: \(rest)")
                }
                tokens.append(.word(String(word)))
                rest.removeFirst(word.count)
            }
        }
        return tokens
    }

    /// Longer ones first.
    private static let symbols = ["<=", ">=", "!=", "<>", "==", "<", ">", "=", "(", ")"]
    private static let comparisons: [String: AttributeCondition.Comparison] = [
        "=": .equal, "==": .equal, "!=": .notEqual, "<>": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater,
        ">=": .greaterOrEqual,
    ]

    private func expected(_ what: String) -> HFSError {
        let found =
            switch position < tokens.count ? tokens[position] : nil {
            case .word(let text)?, .symbol(let text)?: "'\(text)'"
            case .quoted(let text)?: "the text '\(text)'"
            case nil: "the end"
            }
        return HFSError(.invalidArgument, "Expected \(what) in the condition, found \(found)")
    }

    private mutating func take(keyword: String) -> Bool {
        guard position < tokens.count, case .word(let word) = tokens[position], word.lowercased() == keyword else {
            return false
        }
        position += 1
        return true
    }

    private mutating func take(symbol: String) -> Bool {
        guard position < tokens.count, tokens[position] == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() throws(HFSError) -> AttributeCondition {
        var operands = [try conjunction()]
        while take(keyword: "or") { operands.append(try conjunction()) }
        return operands.count == 1 ? operands[0] : .any(operands)
    }

    private mutating func conjunction() throws(HFSError) -> AttributeCondition {
        var operands = [try factor()]
        while take(keyword: "and") { operands.append(try factor()) }
        return operands.count == 1 ? operands[0] : .all(operands)
    }

    private mutating func factor() throws(HFSError) -> AttributeCondition {
        if take(keyword: "not") { return .not(try factor()) }
        if take(symbol: "(") {
            let inner = try alternatives()
            guard take(symbol: ")") else { throw expected("')'") }
            return inner
        }
        if take(keyword: "exists") {
            let isClosed = take(symbol: "(")
            let field = try field()
            if isClosed, !take(symbol: ")") { throw expected("')'") }
            return .exists(field)
        }
        return try comparison()
    }

    private mutating func field() throws(HFSError) -> String {
        guard position < tokens.count, case .word(let field) = tokens[position] else { throw expected("a name") }
        position += 1
        return field
    }

    private mutating func comparison() throws(HFSError) -> AttributeCondition {
        let field = try field()
        if take(keyword: "like") {
            guard case .text(let pattern) = try operand(field, textOnly: true), pattern.hasSuffix("*"),
                !pattern.dropLast().contains("*")
            else { throw HFSError(.invalidArgument, "'like' takes a text that ends in *, its only one: \(field)") }
            return .prefix(field, String(pattern.dropLast()))
        }
        guard position < tokens.count, case .symbol(let symbol) = tokens[position],
            let comparison = Self.comparisons[symbol]
        else { throw expected("= != < <= > >= or 'like' behind \(field)") }
        position += 1
        return .compare(field, comparison, try operand(field, textOnly: false))
    }

    private mutating func operand(_ field: String, textOnly: Bool) throws(HFSError) -> AttributeCondition.Operand {
        guard position < tokens.count else { throw expected("a value") }
        let text: String
        let isQuoted: Bool
        switch tokens[position] {
        case .word(let word): (text, isQuoted) = (word, false)
        case .quoted(let quoted): (text, isQuoted) = (quoted, true)
        case .symbol: throw expected("a value")
        }
        position += 1
        if !textOnly, !isQuoted, let number = Double(text), number.isFinite { return .number(number) }
        if field == "modified" {
            guard let ms = DateText.milliseconds(text) else {
                throw HFSError(
                    .invalidArgument, "'\(text)' is no date; one looks like 2026-11-21 or 2026-11-21T10:30:00Z")
            }
            return .number(Double(ms))
        }
        return .text(text)
    }
}
