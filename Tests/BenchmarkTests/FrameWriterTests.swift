import NIOCore
import SwiftProtobuf
import Testing
import WireProtocol

@testable import Benchmark

@Suite struct FrameWriterTests {
    private static let clientID = [UInt8](0..<16)

    @Test("A call by hand decodes as the protocol's own messages", arguments: [0, 1, 63, 64, 8191, 8192, 1 << 24])
    func callDecodes(callID: Int) throws {
        var frame = FrameWriter(clientID: Self.clientID)
        var workload = SingleCall(kind: .rename, directory: "/a")
        workload.start(operation: 12, slot: 0, callID: callID, &frame)
        let decoded = try decode(frame.bytes)
        #expect(decoded.callID == Int32(callID))
        #expect(decoded.clientID == Self.clientID)
        #expect(decoded.method == "rename")
        #expect(decoded.protocolName == Method.protocolName)
        let request = try Hadoop_Hdfs_RenameRequestProto(serializedBytes: Array(decoded.body.readableBytesView))
        #expect(request.src == "/a/f12")
        #expect(request.dst == "/a/g12")
    }

    @Test func createCarriesEveryRequiredField() throws {
        var frame = FrameWriter(clientID: Self.clientID)
        CreateFile.appendCreate("/d/file", "writer", callID: 3, &frame)
        let request = try Hadoop_Hdfs_CreateRequestProto(
            serializedBytes: Array(try decode(frame.bytes).body.readableBytesView))
        #expect(request.src == "/d/file")
        #expect(request.clientName == "writer")
        #expect(request.masked.perm == 0o644)
        #expect(request.createFlag == 3)
        #expect(request.replication == 1)
        #expect(request.blockSize == 128 << 20)
    }

    @Test func prefaceIsTheConnectionContext() throws {
        var frame = FrameWriter(clientID: Self.clientID)
        frame.appendPreface(user: "alice")
        #expect(Array(frame.bytes[..<7]) == Array("hrpc".utf8) + [9, 0, 0])
        let context = try decode(Array(frame.bytes[7...])).connectionContext()
        #expect(context.userInfo.effectiveUser == "alice")
        #expect(context.protocol == Method.protocolName)
    }

    @Test func productionMixSumsToTheWhole() {
        var mix = SpotifyMix(directory: "/b", slots: 2, clientName: "c", user: "u", seed: 3)
        #expect(Set(mix.initialFiles).count == 2 * SpotifyMix.directoriesPerSlot * SpotifyMix.filesPerDirectory)
        var frame = FrameWriter(clientID: Self.clientID)
        for operation in 0..<10_000 {
            mix.start(operation: operation, slot: operation % 2, callID: operation, &frame)
            frame.removeAll()
        }
        #expect(SpotifyMix.totalWeight == 10_000)
    }

    private func decode(_ bytes: [UInt8]) throws -> RPCRequestFrame {
        var buffer = ByteBuffer(bytes: bytes)
        let word = buffer.readInteger(as: UInt32.self)
        let length = try #require(word)
        #expect(Int(length) == buffer.readableBytes)
        var decoder = RPCRequestDecoder()
        return try decoder.decode(buffer)
    }
}
