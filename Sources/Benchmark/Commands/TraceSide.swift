import Client
import Core

/// One of two namenodes whose costs are compared.
struct TraceSide: Sendable {
    let target: Target
    let isTraced: Bool

    struct Outcome {
        var measurements: [Measurement]
        /// Entries of the feed in the name of the run.
        var events = 0
    }

    /// One round in a directory of its own.
    func run(_ works: Set<MetadataRun.Work>, _ load: LoadOptions, base: String) async throws -> Outcome {
        let fileSystem = try await HFSFileSystem.connect("hdfs://\(target.host):\(target.port)", user: target.user)
        for cursor in isTraced ? [] : try await fileSystem.cursors() {
            try await fileSystem.removeCursor(cursor.name)
        }
        for connection in 0..<load.connections {
            try await prepare("\(base)/c\(connection)", fileSystem)
        }
        var target = target
        var run: RunID?
        let start = try await fileSystem.readEvents(from: .end).nextLSN
        if isTraced {
            let started = try await fileSystem.startRun(HFSFileSystem.RunRequest(name: "hfs-bench"))
            target.token = started.token
            run = started.run.id
        }
        var metadata = load.metadataRun(target, label: "", base: base)
        (metadata.opensBlocks, metadata.awaitsIdle) = (true, true)
        var outcome = Outcome(measurements: try metadata.run(works))
        if let run {
            try await fileSystem.endRun(run, .finished)
            var opened = 0
            for try await entry in fileSystem.events(from: .lsn(start), run: run, follows: false) {
                outcome.events += 1
                if entry.event.kind == .opened { opened += 1 }
            }
            let wanted =
                !works.isDisjoint(with: [.open, .reopen, .reread])
                ? load.operations / load.connections * load.connections : 0
            guard opened >= wanted else {
                throw HFSError(.io, "only \(opened) of \(wanted) opens were told: this was no measurement of tracing")
            }
        }
        try await fileSystem.delete(base, recursive: true)
        await fileSystem.close()
        return outcome
    }

    /// A directory to work in: an artifact with indexed attributes, or nothing that anybody looks at.
    private func prepare(_ path: String, _ fileSystem: HFSFileSystem) async throws {
        try await fileSystem.makeDirectory(path, mode: .directoryDefault, createsParents: true)
        let attributes =
            isTraced
            ? ["hfs.trace": "all", "hfs.artifact": "training-dataset", "ml.score": "0.93"] : ["hfs.trace": "none"]
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            try await fileSystem.setXAttr(
                path, ExtendedAttribute(namespace: .user, name: name, value: Array(value.utf8)))
        }
    }
}
