import Client
import Core
import Testing

/// The namespace through the client, against the cluster of `ClusterUnderTest`.
@Suite(.enabled(if: ClusterUnderTest.uri != nil), .timeLimit(.minutes(5)))
struct NamespaceTests {
    @Test("Directories are made, listed in pages, renamed and deleted")
    func directories() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1005 { group.addTask { try await fs.makeDirectory("\(directory)/d/\(number)") } }
                try await group.waitForAll()
            }
            var count = 0
            for try await entry in fs.list("\(directory)/d") where entry.isDirectory { count += 1 }
            #expect(count == 1005)
            let error = await #expect(throws: HFSError.self) { try await fs.delete("\(directory)/d") }
            #expect(error?.code == .directoryNotEmpty)
            try await fs.rename("\(directory)/d", to: "\(directory)/e")
            #expect(try await !fs.exists("\(directory)/d"))
            #expect(try await fs.contentSummary(of: "\(directory)/e").directoryCount == 1006)
            #expect(try await fs.delete("\(directory)/e", recursive: true))
            #expect(try await !fs.delete("\(directory)/e", recursive: true))
        }
    }

    @Test("Refusals are typed")
    func refusals() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            func code(_ body: () async throws -> Void) async -> HFSError.Code? {
                do { try await body() } catch let error as HFSError { return error.code } catch {}
                return nil
            }
            #expect(await code { _ = try await fs.status(of: "\(directory)/no") } == .fileNotFound)
            #expect(await code { _ = try await fs.open("\(directory)/no") } == .fileNotFound)
            #expect(await code { _ = try await fs.open(directory) } == .fileNotFound)
            #expect(await code { for try await _ in fs.list("\(directory)/no") {} } == .fileNotFound)
            #expect(await code { _ = try await fs.status(of: "relative") } == .invalidPath)
            try await fs.create("\(directory)/f").close()
            #expect(await code { _ = try await fs.create("\(directory)/f") } == .alreadyExists)
            #expect(
                await code { _ = try await fs.create("\(directory)/a/b", CreateOptions(createsParents: false)) }
                    == .fileNotFound)
            #expect(await code { try await fs.rename("\(directory)/no", to: "\(directory)/x") } == .fileNotFound)
        }
    }

    @Test("Attributes are kept")
    func attributes() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            let path = "\(directory)/f"
            try await fs.create(path, CreateOptions(mode: FileMode(0o640), replication: 2)).close()
            var status = try await fs.status(of: path)
            #expect(status.mode == FileMode(0o640))
            #expect(status.replication == 2)
            try await fs.setMode(path, FileMode(0o600))
            try await fs.setTimes(path, modifiedMs: 1_000_000_000_000)
            try await fs.setOwner(path, owner: "alice", group: "staff")
            #expect(try await fs.setReplication(path, 1))
            status = try await fs.status(of: path)
            #expect(status.mode == FileMode(0o600) && status.modifiedMs == 1_000_000_000_000)
            #expect(status.owner == "alice" && status.group == "staff" && status.replication == 1)
            try await fs.setXAttr(path, ExtendedAttribute(namespace: .user, name: "a", value: [0, 255]))
            #expect(try await fs.xattrs(of: path).map(\.value) == [[0, 255]])
            try await fs.removeXAttr(path, namespace: .user, name: "a")
            #expect(try await fs.xattrs(of: path).isEmpty)
            try await fs.modifyACL(path, [AclEntry(kind: .user, scope: .access, permissions: .read, name: "bob")])
            #expect(try await fs.acl(of: path).entries.contains { $0.name == "bob" && $0.permissions == .read })
            #expect(try await fs.status(of: path).hasACL)
            try await fs.removeACL(path)
            #expect(try await !fs.status(of: path).hasACL)
            try await fs.checkAccess(path, .read)
        }
    }

    @Test("The cluster reports itself")
    func cluster() async throws {
        try await ClusterUnderTest.withDirectory { (fs, _) async throws in
            #expect(try await fs.fileSystemStatus().capacityBytes > 0)
            #expect(try await !fs.datanodes(.live).isEmpty)
            #expect(try await !fs.setSafeMode(.get))
        }
    }
}
