import Client
import Core
import Testing

/// Files through the whole stack, against the cluster of `ClusterUnderTest`.
@Suite(.enabled(if: ClusterUnderTest.uri != nil), .timeLimit(.minutes(5)))
struct FileTests {
    @Test(
        "A file of any size comes back the same, in one piece, in chunks and in random parts",
        arguments: [0, 1, 511, 512, 513, 64_512, 64_513, 1 << 20 - 1, 1 << 20, 1 << 20 + 1, 3 << 20 + 17])
    func roundTrip(_ size: Int) async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            var random = SeededBytes(UInt64(size) + 7)
            let bytes = random.bytes(size)
            let writer = try await fs.create("\(directory)/f")
            var offset = 0
            while offset < size {
                let count = min(size - offset, 1 + random.below(100_000))
                try await writer.write(Array(bytes[offset..<offset + count]))
                offset += count
            }
            #expect(writer.position == UInt64(size))
            try await writer.close()
            #expect(try await fs.status(of: "\(directory)/f").length == UInt64(size))

            let reader = try await fs.open("\(directory)/f")
            #expect(reader.length == UInt64(size))
            #expect(try await reader.read(at: 0, count: size + 10) == bytes)
            var chunks: [UInt8] = []
            for try await chunk in reader.chunks() { chunks += chunk }
            #expect(chunks == bytes)
            for _ in 0..<20 where size > 0 {
                let start = random.below(size)
                let end = min(size, start + random.below(200_000))
                #expect(try await reader.read(at: UInt64(start), count: end - start) == Array(bytes[start..<end]))
            }
            await reader.close()
        }
    }

    @Test("What was flushed is visible to readers while the file is still written")
    func flushed() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            var random = SeededBytes(1)
            var written: [UInt8] = []
            let writer = try await fs.create("\(directory)/log")
            let path = "\(directory)/log"
            var reader: FileReader?
            for round in 0..<12 {
                let bytes = random.bytes([5, 1, 511, 700, 100_000, 600_000][round % 6])
                written += bytes
                try await writer.write(bytes)
                if round % 2 == 0 { try await writer.hflush() } else { try await writer.hsync() }
                if let reader {
                    #expect(try await reader.refresh() == UInt64(written.count), "round \(round)")
                } else {
                    reader = try await fs.open(path)
                }
                let opened = try #require(reader)
                #expect(opened.isUnderConstruction)
                #expect(try await opened.read(at: 0, count: written.count + 1) == written, "round \(round)")
            }
            try await writer.close()
            let closed = try await fs.open(path)
            #expect(!closed.isUnderConstruction)
            #expect(try await closed.read(at: 0, count: written.count) == written)
        }
    }

    @Test("Appends go behind what is there")
    func appends() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            var random = SeededBytes(2)
            var expected: [UInt8] = []
            let path = "\(directory)/f"
            try await fs.create(path).close()
            for size in [0, 1, 513, 70_000, 1 << 20, 5] {
                let bytes = random.bytes(size)
                expected += bytes
                let writer = try await fs.append(path)
                try await writer.write(bytes)
                try await writer.close()
                let reader = try await fs.open(path)
                #expect(try await reader.read(at: 0, count: expected.count + 1) == expected)
            }
        }
    }

    @Test("Many small files at once")
    func manySmall() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        var random = SeededBytes(UInt64(number))
                        let bytes = random.bytes(1024)
                        let writer = try await fs.create("\(directory)/f\(number)")
                        try await writer.write(bytes)
                        try await writer.close()
                        let reader = try await fs.open("\(directory)/f\(number)")
                        #expect(try await reader.read(at: 0, count: 2000) == bytes)
                    }
                }
                try await group.waitForAll()
            }
            var names: [String] = []
            for try await entry in fs.list(directory) { names.append(String(decoding: entry.name, as: UTF8.self)) }
            #expect(names.count == 100)
            #expect(names == names.sorted())
        }
    }

    @Test("A writer that is cancelled is dead and its file stays open")
    func cancelled() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            let writer = try await fs.create("\(directory)/f")
            let task = Task {
                while true { try await writer.write([UInt8](repeating: 1, count: 300_000)) }
            }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            await #expect(throws: HFSError.self) { try await task.value }
            await #expect(throws: HFSError.self) { try await writer.close() }
            #expect(try await !fs.isClosed("\(directory)/f"))
            #expect(try await fs.create("\(directory)/f", CreateOptions(overwrites: true)).position == 0)
        }
    }
}
