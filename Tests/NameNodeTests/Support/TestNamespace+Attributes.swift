import Core
import MetaStore

@testable import NameNode

/// Attributes by their full names, values as text.
extension TestNamespace {
    func set(_ text: String, _ name: String, _ value: String, as caller: Caller = root) async throws(HFSError) {
        _ = try await run(
            SetXAttr(
                caller: caller, path: path(text), attribute: attribute(name, value), mayCreate: true, mayReplace: true))
    }

    func unset(_ text: String, _ name: String, as caller: Caller = root) async throws(HFSError) {
        _ = try await run(RemoveXAttr(caller: caller, path: path(text), attribute: attribute(name)))
    }

    @discardableResult
    func compareAndSet(
        _ text: String, _ name: String, from old: String?, to new: String?, as caller: Caller = root
    ) async throws(HFSError) -> Answer.Body {
        try await run(
            CompareAndSetAttribute(
                caller: caller, path: path(text), attribute: attribute(name), old: old.map { Array($0.utf8) },
                new: new.map { Array($0.utf8) }))
    }

    func attributes(_ text: String, as caller: Caller = root) async throws(HFSError) -> [String] {
        try await ask(GetXAttrs(caller: caller, path: path(text), wanted: []))
            .map { "\($0.fullName)=\(String(decoding: $0.value, as: UTF8.self))" }
    }

    func attribute(_ name: String, _ value: String = "") throws(HFSError) -> ExtendedAttribute {
        guard let attribute = ExtendedAttribute(fullName: name, value: Array(value.utf8)) else {
            throw HFSError(.invalidArgument, "no attribute: \(name)")
        }
        return attribute
    }
}
