import Core
import Glibc

/// Brings up a cluster on this machine. Blocks: for a thread of its own; `cancel` may be called from any other.
final class ClusterStarter: Sendable {
    private let directory: ClusterDirectory
    private let timeoutMs: Int64
    private let clock: any HFSClock
    private let cancelled: WakeupPipe

    init(directory: ClusterDirectory, timeoutMs: Int64, clock: any HFSClock = SystemClock()) throws {
        self.directory = directory
        self.timeoutMs = timeoutMs
        self.clock = clock
        cancelled = try WakeupPipe()
    }

    func cancel() { cancelled.signal() }

    /// Starts what does not run and waits until it is ready; answers the names of what was started. When a server dies or
    /// is not ready in time, those that this call started are stopped again and the complaint says what their log says.
    func start(datanodes: Int?, port: UInt16?) throws -> (report: ClusterReport, started: [String]) {
        try directory.create()
        guard let lock = try RunLock(path: directory.lockFile).acquire() else {
            throw Complaint(directory.root, "is being started by another process")
        }
        defer { close(lock) }
        let record = try prepare(datanodes: datanodes, port: port)
        var started: [ServerProcess] = []
        do {
            // The namenode first: datanodes would only knock in vain.
            if let namenode = try spawn(ClusterRecord.namenode, command: "namenode", record, record.httpPort) {
                started.append(namenode)
                try waitUntilReady([namenode])
            }
            let missing = try record.datanodes.compactMap {
                try spawn($0.name, command: "datanode", record, $0.httpPort)
            }
            started += missing
            try waitUntilReady(missing)
            if let tailer = try spawn(ClusterRecord.tailer, command: "tailer", record, record.tailerHTTPPort) {
                started.append(tailer)
                try waitUntilReady([tailer])
            }
        } catch {
            for server in started { kill(server.pid, SIGTERM) }
            throw error
        }
        return (try ClusterReport(directory, record), started.map(\.name))
    }

    /// The cluster's record, made or brought up to what was asked for, with the configurations that follow from it.
    private func prepare(datanodes: Int?, port: UInt16?) throws -> ClusterRecord {
        let existing = try directory.record()
        if let existing, let port, port != 0, port != existing.rpcPort {
            throw Complaint(directory.root, "Holds a cluster at \(existing.uri); its port cannot be changed")
        }
        if let existing, let datanodes, datanodes < existing.datanodes.count {
            throw Complaint(
                directory.root,
                "Holds a cluster of \(existing.datanodes.count) datanodes, which may hold the only copies of something; "
                    + "it cannot be made smaller")
        }
        var record: ClusterRecord
        if let existing {
            record = existing
            if let datanodes, datanodes > record.datanodes.count { try addDatanodes(datanodes, to: &record) }
        } else {
            var chooser = PortChooser()
            let isDefault = port == nil || port == 8020
            let rpcPort =
                port == 0 ? try chooser.near(UInt16.random(in: 10_000..<30_000)) : try chooser.take(port ?? 8020)
            let httpPort = try chooser.near(isDefault ? 9870 : rpcPort + 1)
            record = ClusterRecord(host: "127.0.0.1", rpcPort: rpcPort, httpPort: httpPort, datanodes: [])
            try addDatanodes(datanodes ?? ClusterStartCommand.datanodesDefault, to: &record)
        }
        if record.tailerPort == nil {
            var chooser = PortChooser(taken: Self.ports(record))
            record.tailerPort = try chooser.near(record.rpcPort + 2)
            record.tailerHTTPPort = try chooser.near(record.rpcPort + 3)
        }
        try ClusterConfigurations.writeMissing(record, directory)
        try directory.write(record)
        return record
    }

    private static func ports(_ record: ClusterRecord) -> Set<UInt16> {
        Set(
            record.datanodes.flatMap { [$0.transferPort, $0.httpPort, $0.rpcPort] }
                + [record.rpcPort, record.httpPort, record.tailerPort ?? 0, record.tailerHTTPPort ?? 0])
    }

    private func addDatanodes(_ count: Int, to record: inout ClusterRecord) throws {
        var chooser = PortChooser(taken: Self.ports(record))
        for index in record.datanodes.count..<count {
            let step = UInt16(10 * index)
            let base = record.rpcPort == 8020 ? 9864 + step : record.rpcPort + 10 + step
            record.datanodes.append(
                ClusterRecord.Datanode(
                    name: "datanode-\(index + 1)", transferPort: try chooser.near(base + 2),
                    httpPort: try chooser.near(base), rpcPort: try chooser.near(base + 3)))
        }
    }

    /// Nil when the server runs. One that holds its lock and answers nobody is on its way out, as after a kill: it is waited
    /// for, else a start right behind a kill would take the dying for the living.
    private func spawn(
        _ name: String, command: String, _ record: ClusterRecord, _ httpPort: UInt16?
    ) throws -> ServerProcess? {
        let run = RunLock(path: directory.runFile(name))
        var lock = try run.acquire()
        if lock == nil {
            guard let httpPort, !ServerHealth.answers(host: record.host, port: httpPort) else { return nil }
            guard try run.waitUntilFree(timeoutMs: timeoutMs) else {
                let pid = try run.runningPID().map { " (pid \($0))" } ?? ""
                throw Complaint(name, "runs\(pid) and does not answer at http://\(record.host):\(httpPort)/health")
            }
            lock = try run.acquire()
        }
        guard let lock else { return nil }
        return try ServerProcess(
            name: name, arguments: [command, "--config", directory.configurationFile(name)],
            logFile: directory.logFile(name), lock: lock)
    }

    /// Waits for the readiness message of each server, and for none of them to die.
    private func waitUntilReady(_ servers: [ServerProcess]) throws {
        let deadlineMs = clock.monotonicMs + timeoutMs
        var waiting = servers
        while !waiting.isEmpty {
            var polled = waiting.flatMap { server in
                [server.notifySocket.descriptor, server.lifeline].map {
                    pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
                }
            }
            polled.append(pollfd(fd: cancelled.descriptor, events: Int16(POLLIN), revents: 0))
            let leftMs = max(0, deadlineMs - clock.monotonicMs)
            let count = poll(&polled, nfds_t(polled.count), Int32(min(leftMs, Int64(Int32.max))))
            if count < 0, errno != EINTR { throw Complaint(errnoOf: "poll") }
            if polled[polled.count - 1].revents != 0 { throw CancellationError() }
            if count == 0 {
                throw failure(waiting[0], "is not ready after \(timeoutMs / 1000) s")
            }
            var rest: [ServerProcess] = []
            for (index, server) in waiting.enumerated() {
                if polled[2 * index].revents != 0, server.notifySocket.receiveReady() { continue }
                if polled[2 * index + 1].revents != 0 { throw failure(server, Self.ending(server.pid)) }
                rest.append(server)
            }
            waiting = rest
        }
    }

    private static func ending(_ pid: pid_t) -> String {
        var status: Int32 = 0
        guard waitpid(pid, &status, 0) == pid else { return "ended" }
        let signal = status & 0x7F
        return signal == 0 ? "ended with exit code \(status >> 8 & 0xFF)" : "was ended by signal \(signal)"
    }

    private func failure(_ server: ServerProcess, _ what: String) -> Complaint {
        let tail = server.logTail().map { "\n    \($0)" }.joined()
        return Complaint(server.name, "\(what); the end of \(server.logFile):\(tail.isEmpty ? " (nothing)" : tail)")
    }
}
