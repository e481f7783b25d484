import Client
import Core

extension AttemptRunner {
    /// Takes a program's output until its end, and has it written meanwhile.
    func follow(
        _ program: any RunningProgram, _ files: AttemptFiles, _ metrics: inout MetricLog
    ) async throws(HFSError) -> ProgramEnding {
        let result: Result<ProgramEnding, HFSError> = await withTaskGroup(of: Void.self) { group in
            group.addTask { await files.run() }
            defer { files.end() }
            do throws(HFSError) {
                return .success(try await read(program, files, &metrics))
            } catch {
                return .failure(error)
            }
        }
        let ending = try result.get()
        if let failure = files.failure { throw failure }
        return ending
    }

    private func read(
        _ program: any RunningProgram, _ files: AttemptFiles, _ metrics: inout MetricLog
    ) async throws(HFSError) -> ProgramEnding {
        var splitter = LineSplitter()
        var events = EventFolder(place.folder.logs)
        var flushedMs = clock.monotonicMs
        let limitMs = settings.timeLimitMs.map { flushedMs + $0 } ?? .max
        var leftOut = 0
        // Renamed before the last look at the output: by the next one, what was reported before is in.
        var renamed: [String] = []
        while true {
            if let failure = files.failure { throw failure }
            if clock.monotonicMs >= limitMs { stop(.ordered(.failed, settings.overtime)) }
            switch try await program.output(waitMs: Self.outputWaitMs) {
            case .bytes(let bytes):
                if try await hasRoom(files) { files.log.add(bytes) } else { leftOut += bytes.count }
                for line in splitter.lines(bytes) { try take(line, files, &metrics) }
                for name in renamed { try note(name, step: nil, files, &metrics) }
                renamed = files.checkpoints.renamed()
                let isDue = clock.monotonicMs - flushedMs >= Self.flushIntervalMs
                guard isDue || files.log.pendingCount > SpooledFile.roomBytes / 4 else { continue }
                flushedMs = clock.monotonicMs
                tell(try metrics.add(try await events.read()))
                files.flushSoon()
            case .ended(let ending):
                if let line = splitter.finish() { try take(line, files, &metrics) }
                tell(try metrics.add(try await events.read()))
                for name in renamed + files.checkpoints.renamed() { try note(name, step: nil, files, &metrics) }
                if leftOut > 0 { files.log.add(Array("\n[hfs: \(leftOut) bytes are left out here]\n".utf8)) }
                return ending
            }
        }
    }

    /// Waits while too much waits for servers, which makes the program wait; false when it is to stop and cannot.
    private func hasRoom(_ files: AttemptFiles) async throws(HFSError) -> Bool {
        while files.isFull, cause == nil {
            if let failure = files.failure { throw failure }
            files.flushSoon()
            try await fileSystem.pause(ms: 5)
        }
        return !files.isFull
    }

    /// A checkpoint is complete: reports that the attempt goes on from are in it, too.
    private func note(
        _ name: String, step: Int?, _ files: AttemptFiles, _ metrics: inout MetricLog
    ) throws(HFSError) {
        tell(try metrics.finish())
        files.checkpoints.note(name, step: step, metrics.count)
        files.flushSoon()
    }

    private func take(_ line: String, _ files: AttemptFiles, _ metrics: inout MetricLog) throws(HFSError) {
        if let checkpoint = CheckpointLine(line) {
            return try note(checkpoint.name, step: checkpoint.step, files, &metrics)
        }
        guard let report = MetricLine(line) else { return }
        tell(try metrics.add(report, timeMs: clock.nowMs))
    }

    /// Has the namenode told of what became part of the series.
    func tell(_ reports: [MetricLog.Report]) {
        for report in reports {
            guard let value = report.values[settings.metric] else { continue }
            progress.add(MetricPoint(step: report.step, value: value))
        }
    }
}

extension ProgramEnding {
    /// Whether the program came to its own end, and not in the middle of something: what it left is whole.
    func isOfItself(_ cause: AttemptRunner.StopCause?) -> Bool {
        switch self {
        case .exited(let code): code == 0 || cause != nil
        case .signalled: false
        }
    }
}
