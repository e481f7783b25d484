import Synchronization

/// All figures of one process, and their text for Prometheus (text format 0.0.4).
///
/// Names follow `hfs_<module>_<noun>_<unit>`. The same name with the same labels always gives the same instrument;
/// gauges replace the one before. Thread-safe: the lock is taken to register and to print, never to count.
package final class MetricsRegistry: Sendable {
    private enum Instrument {
        case counter(MetricCounter)
        case gauge(@Sendable () -> Double)
        case histogram(MetricHistogram)

        var kind: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    private struct Family {
        var help: String
        var kind: String
        /// By label text, for example `method="create"`; empty for none.
        var members: [String: Instrument] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    package init() {}

    /// The counter of that name and those labels, made when it is new.
    package func counter(_ name: String, help: String, labels: [(String, String)] = []) -> MetricCounter {
        let made = register(name, help, labels) { .counter(MetricCounter()) }
        guard case .counter(let counter) = made else { return MetricCounter() }
        return counter
    }

    /// The histogram of that name and those labels, made when it is new.
    package func histogram(_ name: String, help: String, labels: [(String, String)] = []) -> MetricHistogram {
        let made = register(name, help, labels) { .histogram(MetricHistogram()) }
        guard case .histogram(let histogram) = made else { return MetricHistogram() }
        return histogram
    }

    /// Registers a figure that is asked for when the text is made. `value` runs on the admin server's thread.
    package func gauge(
        _ name: String, help: String, labels: [(String, String)] = [], value: @escaping @Sendable () -> Double
    ) {
        let key = Self.labelText(labels)
        families.withLock { families in
            families[name, default: Family(help: help, kind: "gauge")].members[key] = .gauge(value)
        }
    }

    /// The text of all figures, sorted by name.
    package func prometheusText() -> String {
        let snapshot = families.withLock { $0 }
        var text = ""
        for (name, family) in snapshot.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind)\n"
            for (labels, instrument) in family.members.sorted(by: { $0.key < $1.key }) {
                Self.write(name, labels, instrument, to: &text)
            }
        }
        return text
    }

    /// A name registered before under another kind keeps that kind; the caller then gets an instrument of its own that
    /// is not printed, because a wrong metric must not stop a server.
    private func register(
        _ name: String, _ help: String, _ labels: [(String, String)], _ make: () -> Instrument
    ) -> Instrument {
        let key = Self.labelText(labels)
        return families.withLock { families in
            if let known = families[name]?.members[key] { return known }
            let made = make()
            families[name, default: Family(help: help, kind: made.kind)].members[key] = made
            return made
        }
    }

    private static func write(_ name: String, _ labels: String, _ instrument: Instrument, to text: inout String) {
        let braced = labels.isEmpty ? "" : "{\(labels)}"
        switch instrument {
        case .counter(let counter): text += "\(name)\(braced) \(counter.value)\n"
        case .gauge(let value): text += "\(name)\(braced) \(number(value()))\n"
        case .histogram(let histogram):
            let prefix = labels.isEmpty ? "" : labels + ","
            var cumulative: UInt64 = 0
            for (index, count) in histogram.snapshot().enumerated() {
                cumulative += count
                // One line for each power of two keeps the page small; quarters only serve our own quantiles.
                guard index % 4 == 3, cumulative > 0, index < MetricHistogram.bucketCount - 1 else { continue }
                let bound = MetricHistogram.upperBound(of: index)
                text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(cumulative)\n"
                if cumulative == histogram.count { break }
            }
            text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(histogram.count)\n"
            text += "\(name)_sum\(braced) \(histogram.sum)\n\(name)_count\(braced) \(histogram.count)\n"
        }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return String(value)
    }

    private static func labelText(_ labels: [(String, String)]) -> String {
        labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
        return text
    }
}
