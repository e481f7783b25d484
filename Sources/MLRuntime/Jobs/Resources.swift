public import Core

/// What one program needs of the host that runs it: of a job each worker, of an experiment each trial.
public struct Resources: Hashable, Sendable, Codable {
    public var gpus: Int
    public var cpus: Int
    public var memoryBytes: Int64

    public static let none = Resources(unchecked: 0, 0, 0)

    private init(unchecked gpus: Int, _ cpus: Int, _ memoryBytes: Int64) {
        self.gpus = gpus
        self.cpus = cpus
        self.memoryBytes = memoryBytes
    }

    /// `.invalidArgument` for what is negative, or more than a host may have.
    public init(gpus: Int = 0, cpus: Int = 0, memoryBytes: Int64 = 0) throws(HFSError) {
        guard (0...1024).contains(gpus), (0...65_536).contains(cpus), memoryBytes >= 0 else {
            throw HFSError(
                .invalidArgument, "A program may ask for up to 1024 GPUs and 65536 CPUs, and no less than none")
        }
        self.init(unchecked: gpus, cpus, memoryBytes)
    }

    /// `512M`, `16G`, `1.5T`, or bytes: powers of 1024.
    public static func bytes(_ text: String) throws(HFSError) -> Int64 {
        let units: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40]
        let unit = text.last.flatMap { units[Character($0.uppercased())] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number >= 0,
            number * (unit ?? 1) < 0x1p62
        else { throw HFSError(.invalidArgument, "'\(text)' is no size: 512M, 16G") }
        return Int64(number * (unit ?? 1))
    }
}
