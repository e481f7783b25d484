import ArgumentParser
import Client
import Core

/// `hfs xattr set PATH NAME=VALUE... [--if-value OLD | --if-absent]`
struct XAttrSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set attributes; 0x... is a value in hex.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only if the attribute has this value.") var ifValue: String?
    @Flag(help: "Only if there is no such attribute.") var ifAbsent = false
    @Argument(help: "A path.") var path: String
    @Argument(help: "name=value, any number of them; or one name and its value.") var assignments: [String]

    func validate() throws {
        let list: [AttributeAssignment]
        do throws(HFSError) {
            list = try AttributeAssignment.list(assignments)
        } catch {
            throw ValidationError(error.message)
        }
        if ifValue != nil || ifAbsent, list.count > 1 { throw ValidationError("A condition is for one attribute") }
        if ifValue != nil, ifAbsent { throw ValidationError("--if-value and --if-absent exclude one another") }
        if let ifValue, ExtendedAttribute.bytes(ofText: ifValue) == nil {
            throw ValidationError("'\(ifValue)' is not hex")
        }
    }

    func run() async throws {
        let (operand, list) = (path, try AttributeAssignment.list(assignments))
        let old = ifValue.flatMap { ExtendedAttribute.bytes(ofText: $0) }
        let isConditional = old != nil || ifAbsent
        try await Session.run("xattr set", connection) { session in
            try await session.attempt(operand) {
                let path = try session.path(operand)
                for assignment in list {
                    let attribute = assignment.attribute
                    guard isConditional else {
                        try await session.fileSystem.setXAttr(path, attribute)
                        continue
                    }
                    let result = try await session.fileSystem.compareAndSetXAttr(
                        path, attribute.fullName, old: old, new: attribute.value)
                    if case .differs(let current) = result { throw Self.complaint(operand, attribute, current) }
                }
            }
        }
    }

    private static func complaint(_ path: String, _ attribute: ExtendedAttribute, _ current: [UInt8]?) -> Complaint {
        guard let current else { return Complaint(path, "\(attribute.fullName) does not exist") }
        let shown = ExtendedAttribute(namespace: attribute.namespace, name: attribute.name, value: current)
        return Complaint(path, "\(attribute.fullName) is \(shown.valueText)")
    }
}
