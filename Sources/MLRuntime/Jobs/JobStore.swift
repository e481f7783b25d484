public import Client
public import Core

/// Jobs as they lie in the filesystem.
public enum JobStore {
    /// Jobs looked at together when a project's are listed.
    private static let listedMax = 10_000

    /// Makes a job, complete before it has its name, `NAME-N`, and offers it.
    ///
    /// - Parameters:
    ///   - program: the local files that travel with it, each with its place in the settings' `files`.
    ///   - secrets: variables that only the job's user is to read.
    /// Errors: `.invalidArgument` for what no job can be or for a job to wait for that is none.
    public static func create(
        _ settings: JobSettings, program: [ProgramPackage.Source] = [], secrets: [String: String] = [:],
        on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> JobPaths {
        try settings.check()
        for job in settings.after where try await claim(JobPaths(job), on: fileSystem) == nil {
            throw HFSError(.invalidArgument, "There is no job \(JobPaths(job).id) to wait for", subject: job)
        }
        let parent = JobPaths.jobs(of: settings.project)
        let staging = JobPaths("\(parent)/.new-\(UInt64.random(in: 0...UInt64.max))")
        var settings = settings
        settings.files = []
        settings.hasSecrets = !secrets.isEmpty
        try await fileSystem.makeDirectory(staging.root)
        do throws(HFSError) {
            for source in program {
                var file = source.file
                file.checksum = try await FileCopy.uploadFile(
                    source.local, to: "\(staging.program)/\(file.path)", mode: TrustedSettings.mode, on: fileSystem)
                settings.files.append(file)
            }
            if settings.hasSecrets {
                try await fileSystem.write(
                    try CanonicalJSON.bytes(secrets), to: staging.secrets, CreateOptions(mode: FileMode(0o600)))
            }
            try await fileSystem.write(
                try CanonicalJSON.bytes(settings), to: staging.settings, CreateOptions(mode: TrustedSettings.mode))
            let paths = JobPaths(
                try await NumberedName.give(settings.name, to: staging.root, in: parent, on: fileSystem))
            try await fileSystem.setAttribute(TrialAttribute.claim, JobClaim().text(), of: paths.root)
            return paths
        } catch {
            _ = try? await fileSystem.delete(staging.root, recursive: true)
            throw error
        }
    }

    /// The settings of a job; `.fileNotFound` when there is none.
    public static func settings(_ paths: JobPaths, on fileSystem: HFSFileSystem) async throws(HFSError) -> JobSettings {
        try CanonicalJSON.value(JobSettings.self, from: try await fileSystem.contents(of: paths.settings))
    }

    /// Who has a job; nil when there is no such job, or none that was ever offered.
    public static func claim(_ paths: JobPaths, on fileSystem: HFSFileSystem) async throws(HFSError) -> JobClaim? {
        do throws(HFSError) {
            return try await fileSystem.textAttribute(TrialAttribute.claim, of: paths.root).map {
                text throws(HFSError) in
                try JobClaim(text)
            }
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }

    /// A job as it stands now; `.fileNotFound` when there is none.
    public static func status(_ paths: JobPaths, on fileSystem: HFSFileSystem) async throws(HFSError) -> JobStatus {
        let settings = try await settings(paths, on: fileSystem)
        guard let claim = try await claim(paths, on: fileSystem) else {
            return JobStatus(
                paths: paths, settings: settings, claim: JobClaim(), state: .killed,
                reason: "its submission was cut short")
        }
        var (state, reason) = (JobState.queued, claim.result?.reason)
        switch claim.state {
        case .queued, .gathering: reason = try await whatItWaitsFor(paths, settings, claim, on: fileSystem)
        case .running:
            state = .running
            for member in claim.members where try await !JobLiveness(paths, settings).seemsAlive(member, on: fileSystem)
            {
                (state, reason) = (.lost, "\(member.agent) is gone")
            }
        case .ended: state = claim.result.flatMap { JobState(rawValue: $0.state.rawValue) } ?? .failed
        }
        return JobStatus(paths: paths, settings: settings, claim: claim, state: state, reason: reason)
    }

    /// The jobs of a project, by their names; none when there is no such project.
    public static func list(project: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> [JobPaths] {
        let parent = JobPaths.jobs(of: project)
        guard try await fileSystem.exists(parent) else { return [] }
        var found: [JobPaths] = []
        for try await entry in fileSystem.list(parent) where entry.isDirectory && found.count < listedMax {
            let path = "\(parent)/\(String(decoding: entry.name, as: UTF8.self))"
            if let paths = JobPaths.job(at: path) { found.append(paths) }
        }
        return found
    }

    /// Has a job end: at once where no program of it runs or its agents are gone, else as soon as its agents have stopped its
    /// programs. True when it has ended.
    public static func kill(_ paths: JobPaths, reason: String, on fileSystem: HFSFileSystem) async throws(HFSError)
        -> Bool
    {
        try await fileSystem.setAttribute(TrialAttribute.stop, reason, of: paths.root)
        while true {
            let status = try await status(paths, on: fileSystem)
            switch status.state {
            case .finished, .failed, .killed: return true
            case .running: return false
            case .queued, .lost:
                // Whatever its agents still do has no effect.
                for member in status.claim.members { try await fileSystem.endRun(member.runID, .killed) }
                let end = status.claim.ended(TrialResult(.killed, reason: reason))
                if try await fileSystem.exchange(
                    TrialAttribute.claim, of: paths.root, from: status.claim.text(), to: end.text())
                {
                    return true
                }
            }
        }
    }

    /// Copies a file or a directory that a job left to a local path; nothing where it left none.
    public static func fetch(_ path: String, to local: String, on fileSystem: HFSFileSystem) async throws(HFSError) {
        guard try await fileSystem.exists(path) else { return }
        if try await fileSystem.status(of: path).isDirectory {
            try await FileCopy.download(path, to: local, on: fileSystem)
        } else {
            try await FileCopy.downloadFile(path, to: local, on: fileSystem)
        }
    }

    private static func whatItWaitsFor(
        _ paths: JobPaths, _ settings: JobSettings, _ claim: JobClaim, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> String {
        for path in settings.after {
            let before = try await self.claim(JobPaths(path), on: fileSystem)
            if before?.state != .ended { return "waits for \(JobPaths(path).id)" }
        }
        let agents = try await AgentRoster.read(project: settings.project, job: paths, on: fileSystem)
        if let lack = agents.lack(for: settings) { return lack }
        return claim.state == .gathering
            ? "waits for agents: \(claim.gathered) of \(settings.workers) workers have one" : "waits for a free agent"
    }
}
