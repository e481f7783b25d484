import Core
import Foundation
import Testing

@testable import MLRuntime

@Suite("Checkpoints")
struct CheckpointTests {
    @Test("a line tells of a checkpoint by its name, and perhaps its step")
    func lines() {
        #expect(CheckpointLine("hfs::checkpoint epoch-3.npz step=3")?.name == "epoch-3.npz")
        #expect(CheckpointLine("hfs::checkpoint epoch-3.npz step=3")?.step == 3)
        #expect(CheckpointLine("hfs::checkpoint last")?.step == nil)
        for line in [
            "hfs::checkpoint", "hfs::checkpoint ", "hfs::checkpoint a b", "hfs::checkpoint ../a", "hfs::checkpoint .a",
            "hfs::checkpoint a step=x", "hfs::checkpoint a.tmp", "hfs::metric a=1",
        ] {
            #expect(CheckpointLine(line) == nil, "'\(line)'")
        }
    }

    @Test("what is renamed into a directory is seen, in order; what is written there is not")
    func renames() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hfs-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let watch = try RenameWatch(folder)
        for index in 0..<40 {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/.\(index)"))
            try FileManager.default.moveItem(atPath: "\(folder)/.\(index)", toPath: "\(folder)/epoch-\(index)")
        }
        try FileManager.default.createDirectory(atPath: "\(folder)/.d", withIntermediateDirectories: false)
        try FileManager.default.moveItem(atPath: "\(folder)/.d", toPath: "\(folder)/directory")
        try Data("y".utf8).write(to: URL(fileURLWithPath: "\(folder)/written"))
        #expect(watch.names() == (0..<40).map { "epoch-\($0)" } + ["directory"])
        #expect(watch.names().isEmpty)
    }

    @Test("a checkpoint covers the reports up to its step, or as many as there were")
    func covering() {
        let reports = (0..<5).map { MetricLog.Report(step: 2 * $0, values: [:], timeMs: 0) }
        #expect(CheckpointNote(sequence: 1, step: 4, reports: 5).covered(reports).map(\.step) == [0, 2, 4])
        #expect(CheckpointNote(sequence: 1, step: nil, reports: 2).covered(reports).map(\.step) == [0, 2])
    }

    @Test("what an attempt has not told yet is told once, and the newest of too much")
    func progress() {
        let progress = AttemptProgress()
        let (run, experiment) = (RunID(1), InodeID(2))
        for step in 0..<3 { progress.add(MetricPoint(step: step, value: 1)) }
        #expect(progress.report(run, experiment).points.map(\.step) == [0, 1, 2])
        progress.add(MetricPoint(step: 3, value: 1))
        progress.wasTold(3)
        #expect(progress.report(run, experiment).count == 4)
        #expect(progress.report(run, experiment).points.map(\.step) == [3])
        for step in 4..<5000 { progress.add(MetricPoint(step: step, value: 1)) }
        let report = progress.report(run, experiment)
        #expect(
            report.count == 5000 && report.points.count == Limits.attemptPointsMax && report.points.last?.step == 4999)
    }

    @Test("a driver takes in what it lacks, and knows when something is missing")
    func running() {
        var attempt = RunningAttempt(1, RunID(1), sinceMs: 0)
        func news(_ count: UInt64, _ steps: ClosedRange<Int>) -> AttemptNews {
            AttemptNews(
                run: RunID(1), count: count, points: steps.map { MetricPoint(step: $0, value: Double($0)) },
                isSilent: false)
        }
        attempt.take(news(3, 1...3))
        attempt.take(news(4, 2...4))
        #expect(!attempt.isTorn && attempt.series.points.map(\.step) == [1, 2, 3, 4])
        attempt.take(news(10, 9...10))
        #expect(attempt.isTorn && attempt.count == 10 && attempt.series.points.map(\.step) == [1, 2, 3, 4, 9, 10])
    }
}
