/// `environment.json`: the program that an experiment runs and what it runs in, as both were when the experiment was made.
public struct EnvironmentRecord: Hashable, Sendable, Codable {
    /// A file of the program, kept below `program/files`.
    public struct File: Hashable, Sendable, Codable {
        /// From the program's directory, or `outside/` and the whole path.
        public var path: String
        /// Where it was.
        public var source: String
        public var bytes: Int
        /// CRC32C of the bytes.
        public var checksum: UInt32
        public var isExecutable: Bool
    }

    /// What was not kept.
    public struct LeftOut: Hashable, Sendable, Codable {
        public var path: String
        public var reason: String
    }

    public struct Git: Hashable, Sendable, Codable {
        public var commit: String
        public var branch: String?
        /// Without a user or password in it.
        public var remote: String?
        /// Whether tracked files differed from the commit: `program/uncommitted.diff` has by what.
        public var isDirty: Bool
    }

    public struct Python: Hashable, Sendable, Codable {
        public var executable: String
        public var version: String
        /// `name==version`, in order.
        public var packages: [String]
    }

    public struct Host: Hashable, Sendable, Codable {
        public var name: String
        public var system: String
        public var machine: String
        public var cores: Int
    }

    public var command: [String]
    public var directory: String
    public var files: [File]
    public var leftOut: [LeftOut]
    public var git: Git?
    public var python: Python?
    /// What `swift --version` says, for a program of a Swift package.
    public var swift: String?
    /// Files that fix packages, below `program/locks`: Package.resolved, requirements.txt.
    public var locks: [String]
    /// The notebook from which the experiment was begun, as it was executed by then: `program/notebook.ipynb`.
    public var notebook: String?
    public var host: Host
    /// Those that change how programs compute; none that may hold a secret.
    public var variables: [String: String]
}
