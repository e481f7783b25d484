import Core
import Foundation
import Testing

@testable import MLRuntime

@Suite("Reading TensorBoard's event files")
struct EventReadingTests {
    private static func record(_ tag: String, _ value: Double, _ step: Int) -> [UInt8] {
        EventFile.scalar(tag, value, step: step, timeMs: 2000)
    }

    /// An event whose value is a tensor, as TensorFlow 2 writes scalars.
    private static func tensor(_ tag: String, plugin: String, _ body: (inout MessageWriter) -> Void) -> [UInt8] {
        var event = MessageWriter()
        event.double(1, 2)
        event.int(2, 4)
        event.message(5) { summary in
            summary.message(1) { value in
                value.text(1, tag)
                value.message(9) { metadata in metadata.message(1) { $0.text(1, plugin) } }
                value.message(8, body)
            }
        }
        return RecordFrame.bytes(event.bytes)
    }

    private static func read(_ bytes: [UInt8]) -> [ScalarEvent] {
        guard case .record(let data, _) = RecordFrame.read(bytes[...]) else { return [] }
        return ScalarEvent.read(data)
    }

    /// A directory that is removed at the end.
    private static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "hfs-events-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private static func append(_ bytes: [UInt8], to file: String) throws {
        if !FileManager.default.fileExists(atPath: file) {
            try Data().write(to: URL(fileURLWithPath: file))
        }
        let handle = try #require(FileHandle(forWritingAtPath: file))
        handle.seekToEndOfFile()
        handle.write(Data(bytes))
        try handle.close()
    }

    @Test("a scalar is read as it was written; a text, a parameter record or an image is none")
    func scalars() {
        #expect(
            Self.read(Self.record("loss", 0.25, 7)) == [ScalarEvent(tag: "loss", value: 0.25, step: 7, timeMs: 2000)])
        #expect(Self.read(EventFile.text("note", "hello", step: 1, timeMs: 0)).isEmpty)
        #expect(Self.read(EventFile.hparamsStart(["lr": .number(1)], group: "g", timeMs: 0)).isEmpty)
        #expect(Self.read(EventFile.version(timeMs: 0)).isEmpty)
    }

    @Test("so is one that is a tensor of one number, by its bytes or by its list of numbers")
    func tensors() {
        let content = Self.tensor("a", plugin: "scalars") { writer in
            writer.int(1, 1)
            writer.text(4, String(decoding: [0, 0, 0, 0x3e] as [UInt8], as: UTF8.self))
        }
        #expect(Self.read(content) == [ScalarEvent(tag: "a", value: 0.125, step: 4, timeMs: 2000)])
        let list = Self.tensor("b", plugin: "scalars") { writer in
            writer.int(1, 1)
            writer.float(5, 0.5)
        }
        #expect(Self.read(list).map(\.value) == [0.5])
        let histogram = Self.tensor("c", plugin: "histograms") { writer in
            writer.int(1, 2)
            writer.double(6, 0.5)
        }
        #expect(Self.read(histogram).isEmpty)
    }

    @Test("each look at a growing file gives what is new; half a record waits for its other half")
    func growth() async throws {
        try await Self.withFolder { folder in
            let file = "\(folder)/events.out.tfevents.1.host.0"
            var events = EventFolder(folder)
            #expect(try await events.read().isEmpty)
            let second = Self.record("accuracy", 0.5, 1)
            try Self.append(
                EventFile.version(timeMs: 0) + Self.record("accuracy", 0.25, 0) + second.prefix(9), to: file)
            #expect(try await events.read().map(\.step) == [0])
            #expect(try await events.read().isEmpty)
            try Self.append(Array(second.dropFirst(9)), to: file)
            #expect(try await events.read() == [ScalarEvent(tag: "accuracy", value: 0.5, step: 1, timeMs: 2000)])
            try FileManager.default.createDirectory(atPath: "\(folder)/validation", withIntermediateDirectories: false)
            try Self.append(Self.record("accuracy", 0.125, 1), to: "\(folder)/validation/x.tfevents.y")
            try Self.append([1, 2, 3], to: "\(folder)/notes.txt")
            #expect(try await events.read().map(\.tag) == ["validation/accuracy"])
        }
    }

    @Test("nothing behind a damaged record is read, and other files go on")
    func damage() async throws {
        try await Self.withFolder { folder in
            var damaged = Self.record("loss", 1, 0)
            damaged[14] ^= 1
            try Self.append(
                Self.record("loss", 2, 0) + damaged + Self.record("loss", 3, 2), to: "\(folder)/a.tfevents.1")
            try Self.append(Self.record("loss", 4, 0), to: "\(folder)/b.tfevents.1")
            var events = EventFolder(folder)
            #expect(try await events.read().map(\.value) == [2, 4])
            try Self.append(Self.record("loss", 5, 3), to: "\(folder)/a.tfevents.1")
            try Self.append(Self.record("loss", 6, 1), to: "\(folder)/b.tfevents.1")
            #expect(try await events.read().map(\.value) == [6])
        }
    }

    @Test("records longer than a look's bytes, and longer than any that is held, hold up nothing")
    func long() async throws {
        try await Self.withFolder { folder in
            let file = "\(folder)/events.out.tfevents.1"
            var events = EventFolder(folder)
            let image = RecordFrame.bytes([UInt8](repeating: 7, count: 3 << 20))
            let model = RecordFrame.bytes([UInt8](repeating: 7, count: 17 << 20))
            try Self.append(Self.record("a", 1, 0) + image + Self.record("a", 2, 1), to: file)
            #expect(try await events.read().map(\.value) == [1, 2])
            try Self.append(Array(model.dropLast(5)), to: file)
            #expect(try await events.read().isEmpty)
            try Self.append(model.suffix(5) + Self.record("a", 3, 2), to: file)
            #expect(try await events.read().map(\.value) == [3])
        }
    }
}
