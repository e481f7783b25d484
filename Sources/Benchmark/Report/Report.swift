import FoundationEssentials

/// Prints measurements as a table for people or as JSON lines for programs.
enum Report {
    static func printTable(_ rows: [Measurement]) {
        print(
            row(
                "work", "ops", "ops/s", "p50 us", "p99 us", "p99.9 us", "server us/op", "user us/op", "gen us/op",
                "errors"))
        for m in rows {
            let rate = m.mebibytesPerSecond.map { "\(Int($0)) MiB/s" } ?? "\(Int(m.operationsPerSecond))"
            print(
                row(
                    m.work, "\(m.operations)", rate, number(m.p50Us), number(m.p99Us), number(m.p999Us),
                    number(m.serverTotalUs), number(m.serverUserUs), number(m.generatorUs), "\(m.errors)"))
            if let error = m.firstError { print("    first error: \(error)") }
        }
    }

    static func printJSON(_ rows: [Measurement]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for m in rows { print(String(decoding: try encoder.encode(m), as: UTF8.self)) }
    }

    /// One decimal below 100, none above.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return value < 100 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))"
    }

    static func row(_ cells: String...) -> String {
        cells.enumerated().map { index, cell in
            let pad = String(repeating: " ", count: max(0, (index == 0 ? 12 : 13) - cell.count))
            return index == 0 ? cell + pad : pad + cell
        }.joined()
    }
}
