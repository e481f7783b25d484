import ArgumentParser
import Client
import Core

/// `hfs xattr set PATH NAME VALUE`
struct XAttrSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set an attribute; 0x... is a value in hex.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "A path.") var path: String
    @Argument(help: "The attribute's name.") var name: String
    @Argument(help: "Its value.") var value: String

    func run() async throws {
        guard let bytes = Self.bytes(value) else { throw ValidationError("'\(value)' is not hex") }
        let (operand, attribute) = (path, AttributeName(name).attribute(bytes))
        try await Session.run("xattr set", connection) { session in
            try await session.attempt(operand) {
                try await session.fileSystem.setXAttr(session.path(operand), attribute)
            }
        }
    }

    static func bytes(_ value: String) -> [UInt8]? {
        guard value.hasPrefix("0x") else { return Array(value.utf8) }
        let digits = Array(value.utf8.dropFirst(2))
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
