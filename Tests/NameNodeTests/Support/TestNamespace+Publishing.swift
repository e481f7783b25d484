import Core
import MetaStore

@testable import NameNode

extension TestNamespace {
    /// The path that a directory was published at.
    @discardableResult
    func publish(
        _ staging: String, _ target: String, _ attributes: [String: String] = [:], as caller: Caller = root
    ) async throws(HFSError) -> String {
        var given: [ExtendedAttribute] = []
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) { given.append(try attribute(name, value)) }
        let body = try await run(
            Publish(caller: caller, staging: path(staging), target: path(target), attributes: given))
        guard case .published(let path, _) = body else { throw HFSError(.io, "publish answered \(body)") }
        return path
    }
}
