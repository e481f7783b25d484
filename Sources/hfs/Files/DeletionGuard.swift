import Client
import Core
import Lineage
import Provenance

/// Looks, before `hfs rm` deletes something, whether live models were made from it, where `hfs.deletion-protection` asks for that.
///
/// It asks the provenance service, which first takes all that has happened. When the service cannot be asked, or not for
/// everything, the answer counts as yes: what is protected stays.
struct DeletionGuard: Sendable {
    private static let namedMax = 3

    let session: Session
    /// `--force`: say it and go on.
    let isOverridden: Bool

    /// A protected directory at, above or below what is to be deleted.
    private struct Protection {
        /// What is asked about.
        var path: String
        /// Which directory says so.
        var directory: String
    }

    /// Throws a complaint when `path` must stay.
    func check(_ path: String, isDirectory: Bool) async throws {
        let (protections, areAll) = try await protections(path, isDirectory: isDirectory)
        for protection in protections {
            guard let reason = try await reasonToStay(protection, deleting: path) else { continue }
            let rule = "\(DeletionProtection.attributeName)=\(DeletionProtection.lineage) of \(protection.directory)"
            try refuse(path, because: "\(reason) (\(rule))")
        }
        guard !areAll else { return }
        try refuse(
            path, because: "more than \(protections.count - 1) directories below it are protected, too many to ask for")
    }

    private func refuse(_ path: String, because reason: String) throws {
        guard isOverridden else {
            throw Complaint(path, "Not deleted: \(reason); --force deletes it all the same")
        }
        session.console.complain(Complaint(path, "Deleted by --force, although \(reason)"))
    }

    /// What is protected, at most 10,000 directories, and whether that is all of it.
    private func protections(_ path: String, isDirectory: Bool) async throws -> (found: [Protection], areAll: Bool) {
        let fileSystem = session.fileSystem
        do throws(HFSError) {
            let (protection, directory) = try await fileSystem.deletionProtection(of: path)
            if protection == .lineage, let directory { return ([Protection(path: path, directory: directory)], true) }
            guard isDirectory else { return ([], true) }
            // Further down there may be directories that are protected by themselves.
            let found = try await fileSystem.find(
                path,
                where: .compare(
                    DeletionProtection.attributeName, .equal, .text(DeletionProtection.lineage.rawValue)),
                limit: Limits.findAnswersMax)
            return (found.found.map { Protection(path: $0.path, directory: $0.path) }, found.isComplete)
        } catch {
            // Another namenode has no such policy.
            guard error.code == .noSuchProtocol else { throw error }
            return ([], true)
        }
    }

    /// nil when nothing that lives depends on it.
    private func reasonToStay(_ protection: Protection, deleting path: String) async throws -> String? {
        let answer: LineageAnswer
        do throws(HFSError) {
            answer = try await ProvenanceClient.ask(.derived(.model, path: protection.path), of: session.fileSystem)
        } catch {
            // Nothing ever happened there.
            if error.code == .fileNotFound { return nil }
            return "nobody can tell whether live models were made from it: \(Complaint(error, about: "").reason)"
        }
        let models = Self.liveModels(answer, outside: path)
        guard !models.isEmpty else {
            return answer.isComplete ? nil : "too much was made from it to tell whether live models are among it"
        }
        let named = models.prefix(Self.namedMax).map { $0.path ?? "one that \(session.user) may not see" }
        let others = models.count > Self.namedMax ? " and \(models.count - Self.namedMax) more" : ""
        return "live models were made from it: \(named.joined(separator: ", "))\(others)"
    }

    /// One node of each model; what goes together with what it was made from does not count.
    private static func liveModels(_ answer: LineageAnswer, outside path: String) -> [LineageNode] {
        var seen = Set<InodeID>()
        return answer.nodes.filter { node in
            guard node.state == .live else { return false }
            if let own = node.path, own == path || own.hasPrefix(path == "/" ? "/" : path + "/") { return false }
            return seen.insert(node.id.inode).inserted
        }
    }
}
