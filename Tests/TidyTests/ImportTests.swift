import Testing

@Suite("Imports")
struct ImportTests {
    static let everywhere: Set<String> = [
        "Swift", "Glibc", "Synchronization", "DequeModule", "OrderedCollections", "SystemPackage",
    ]

    /// What each target may import besides `everywhere`: the table of docs/ARCHITECTURE.md.
    static let table: [String: Set<String>] = [
        "Core": ["CChecksum"],
        "WireProtocol": ["Core", "SwiftProtobuf", "NIOCore", "FoundationEssentials"],
        "Transport": [
            "Core", "WireProtocol", "SwiftProtobuf", "Logging", "NIOCore", "NIOPosix", "NIOHTTP1",
            "NIOConcurrencyHelpers", "CLibCrypto",
        ],
        "MetaStore": ["Core", "CSQLite", "Logging"],
        "NameNode": [
            "Core", "WireProtocol", "Transport", "MetaStore", "SwiftProtobuf", "Logging", "ServiceLifecycle", "NIOCore",
            "NIOPosix", "FoundationEssentials",
        ],
        "DataNode": [
            "Core", "WireProtocol", "Transport", "CLibCrypto", "CWriteBack", "SwiftProtobuf", "Logging",
            "ServiceLifecycle",
            "NIOCore",
            "NIOPosix", "FoundationEssentials",
        ],
        "Client": [
            "Core", "WireProtocol", "Transport", "CLibCrypto", "SwiftProtobuf", "Logging", "NIOCore", "NIOPosix",
        ],
        "Lineage": ["Core"],
        "Provenance": [
            "Core", "WireProtocol", "Transport", "Client", "Lineage", "GRDB", "GRDBSQLite", "SwiftProtobuf", "Logging",
            "ServiceLifecycle", "NIOCore", "NIOPosix", "FoundationEssentials",
        ],
        "MLRuntime": ["Core", "Client", "Lineage", "FoundationEssentials"],
        "hfs": [
            "Core", "Client", "NameNode", "DataNode", "MetaStore", "Transport", "Lineage", "Provenance", "MLRuntime",
            "Logging", "ArgumentParser",
            "ServiceLifecycle", "UnixSignals", "FoundationEssentials",
        ],
        "Benchmark": [
            "Core", "WireProtocol", "Client", "Transport", "Lineage", "Provenance", "MLRuntime", "SwiftProtobuf",
            "Logging", "ArgumentParser", "NIOCore", "NIOPosix",
            "FoundationEssentials",
        ],
    ]

    @Test("a target imports only what the module table allows it")
    func allowed() {
        for file in Repository.sources {
            guard let allowed = Self.table[file.target]?.union(Self.everywhere) else {
                Issue.record("\(file): target \(file.target) is not in the table")
                continue
            }
            for (number, line) in file.code.enumerated() {
                guard
                    line.mentions("import "),
                    let match = line.firstMatch(
                        of: #/^(?:@\S+\s+)?(?:public |package |internal |private |fileprivate )?import (?:\w+ )?(\w+)/#)
                else { continue }
                if !allowed.contains(String(match.1)) {
                    Issue.record("\(file):\(number + 1): \(file.target) may not import \(match.1)")
                }
            }
        }
    }
}
