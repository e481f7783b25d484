extension EventFileMirror {
    /// What a mirrored file is made of.
    enum Source: Hashable {
        /// An event file, copied as it is.
        case events
        /// What an attempt has reported by now, a line of JSON each.
        case reports

        private static let folder = "running"

        /// nil for a file that is not mirrored.
        init?(_ path: String) {
            let parts = path.split(separator: "/")
            guard let name = parts.last else { return nil }
            if name.contains("tfevents") {
                self = .events
            } else if name == MetricLog.fileName, parts.count > 2, parts[parts.count - 3] == "attempts" {
                self = .reports
            } else {
                return nil
            }
        }

        /// Where a mirrored file lies in the copy, for TensorBoard a run of its own.
        static func file(of path: String) -> String {
            guard Source(path) == .reports else { return path }
            return "\(path.dropLast(MetricLog.fileName.utf8.count))\(folder)/events.out.tfevents.0"
        }

        /// The reports of the attempt whose event file `path` may be.
        static func reports(beside path: String) -> String {
            let name = path.split(separator: "/").last ?? ""
            return path.dropLast(name.utf8.count) + MetricLog.fileName
        }

        /// What a new copy begins with.
        func head(timeMs: Int64) -> [UInt8] { self == .reports ? EventFile.version(timeMs: timeMs) : [] }

        /// What is written for bytes of the file, and how many of them that is: reports count as whole lines.
        func events(_ bytes: [UInt8]) -> (events: [UInt8], taken: Int) {
            guard self == .reports else { return (bytes, bytes.count) }
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return ([], 0) }
            var events: [UInt8] = []
            for line in bytes[...end].split(separator: UInt8(ascii: "\n")) {
                // What is no report is none of a curve.
                guard let report = try? CanonicalJSON.value(MetricLog.Report.self, from: line) else { continue }
                for (name, value) in report.values.sorted(by: { $0.key < $1.key }) {
                    events += EventFile.scalar(name, value, step: report.step, timeMs: report.timeMs)
                }
            }
            return (events, end + 1)
        }
    }
}
