public import Core

/// The GPUs of this host.
public enum GPUDiscovery {
    /// What `--gpus` says: `all` that this process may see, `none`, devices by their numbers or UUIDs (`0,1`), or `pretend:4`, which
    /// counts four that need not be there.
    ///
    /// Errors: `.invalidArgument` for anything else, and for a device that this host does not have.
    public static func devices(_ text: String, environment: [String: String]) async throws(HFSError) -> [String] {
        if text == "none" { return [] }
        if text.hasPrefix("pretend:") {
            guard let count = Int(text.dropFirst("pretend:".count)), (0...1024).contains(count) else {
                throw refusal(text, "pretend:4 counts four GPUs")
            }
            return (0..<count).map(String.init)
        }
        let found = try await all(environment)
        if text == "all" { return visible(found, environment) }
        let asked = text.split(separator: ",").map(String.init)
        guard !asked.isEmpty, Set(asked).count == asked.count else {
            throw refusal(text, "all, none, or devices: 0,1")
        }
        for device in asked where !found.contains(where: { $0.index == device || $0.uuid == device }) {
            let known = found.isEmpty ? "none" : found.map(\.index).joined(separator: ",")
            throw refusal(device, "nvidia-smi finds \(known) on this host")
        }
        return asked
    }

    struct Device: Hashable {
        let index: String
        let uuid: String
    }

    /// Those that whoever started this process lets it see.
    static func visible(_ found: [Device], _ environment: [String: String]) -> [String] {
        guard let allowed = environment["CUDA_VISIBLE_DEVICES"] else { return found.map(\.index) }
        return allowed.split(separator: ",").map(String.init)
    }

    /// `0, GPU-1b2c...`, a line a device.
    static func devices(in output: String) -> [Device] {
        output.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
            guard fields.count == 2, Int(fields[0]) != nil, fields[1].hasPrefix("GPU-") else { return nil }
            return Device(index: fields[0], uuid: fields[1])
        }
    }

    /// What nvidia-smi tells; none where there is no such program or it finds no driver.
    private static func all(_ environment: [String: String]) async throws(HFSError) -> [Device] {
        let request = ProgramRequest(
            arguments: ["nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader"],
            environment: environment.map { "\($0.key)=\($0.value)" }, directory: "/")
        guard let done = try? await LocalExecutor().output(of: request), done.ending == .exited(0) else { return [] }
        return devices(in: done.text)
    }

    private static func refusal(_ text: String, _ why: String) -> HFSError {
        HFSError(.invalidArgument, "'\(text)' names no GPUs: \(why)")
    }
}
