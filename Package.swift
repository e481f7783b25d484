// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")

func module(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "hfs",
    products: [
        .executable(name: "hfs", targets: ["hfs"]),
        .executable(name: "hfs-bench", targets: ["Benchmark"]),
        .executable(name: "digits", targets: ["Digits"]),
        .library(name: "Client", targets: ["Client"]),
        .library(name: "MLRuntime", targets: ["MLRuntime", "Client", "Core"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(name: "CChecksum"),
        .target(name: "CWriteBack"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        module("Core", ["CChecksum"]),
        module("WireProtocol", ["Core", protobuf, nio("NIOCore")], exclude: ["Protos"]),
        module(
            "Transport",
            [
                "Core", "WireProtocol", "CLibCrypto", protobuf, logging, nio("NIOCore"), nio("NIOPosix"),
                nio("NIOHTTP1"), deque,
            ]),
        module("MetaStore", ["Core", "CSQLite", logging, deque]),
        module(
            "NameNode",
            [
                "Core", "WireProtocol", "Transport", "MetaStore", protobuf, logging, serviceLifecycle, nio("NIOCore"),
                nio("NIOPosix"), deque,
            ]),
        module(
            "DataNode",
            [
                "Core", "WireProtocol", "Transport", "CLibCrypto", "CWriteBack", protobuf, logging, serviceLifecycle,
                nio("NIOCore"),
                nio("NIOPosix"), deque,
            ]),
        module(
            "Client",
            ["Core", "WireProtocol", "Transport", "CLibCrypto", protobuf, logging, nio("NIOCore"), nio("NIOPosix")]),
        module("Lineage", ["Core"]),
        module(
            "Provenance",
            [
                "Core", "WireProtocol", "Transport", "Client", "Lineage", protobuf, logging, serviceLifecycle, grdb,
                grdbSQLite, nio("NIOCore"), nio("NIOPosix"),
            ]),
        .target(
            name: "MLRuntime", dependencies: ["Core", "Client", "Lineage"],
            resources: [.embedInCode("Python/hfs_trial.py")], swiftSettings: strict),
        .executableTarget(
            name: "hfs",
            dependencies: [
                "Core", "Client", "NameNode", "DataNode", "MetaStore", "Transport", "Lineage", "Provenance",
                "MLRuntime",
                logging, argumentParser,
                serviceLifecycle, unixSignals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "Benchmark",
            dependencies: [
                "Core", "Transport", "Client", "Lineage", "Provenance", "MLRuntime", logging, argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "Digits", dependencies: ["MLRuntime"], path: "examples/Digits", swiftSettings: strict),
        tests("CoreTests", ["Core", "CChecksum"]),
        tests("WireProtocolTests", ["Core", "WireProtocol", protobuf, nio("NIOCore")], exclude: ["Corpus"]),
        tests(
            "TransportTests", ["Core", "WireProtocol", "Transport", protobuf, logging, nio("NIOCore"), nio("NIOPosix")]),
        tests("MetaStoreTests", ["Core", "MetaStore", "CSQLite"]),
        tests(
            "NameNodeTests",
            [
                "Core", "WireProtocol", "Transport", "MetaStore", "NameNode", protobuf, logging, nio("NIOCore"),
                nio("NIOPosix"),
            ]),
        tests(
            "DataNodeTests",
            [
                "Core", "WireProtocol", "Transport", "DataNode", protobuf, logging, serviceLifecycle, nio("NIOCore"),
                nio("NIOPosix"),
            ]),
        tests("ClientTests", ["Core", "WireProtocol", "Transport", "Client", logging, nio("NIOCore")]),
        .target(
            name: "LineageTesting", dependencies: ["Core"], path: "Tests/LineageTesting", swiftSettings: strict),
        tests("LineageTests", ["Core", "Lineage", "LineageTesting"]),
        tests(
            "ProvenanceTests",
            ["Core", "Lineage", "LineageTesting", "Provenance", "Transport", "Client", logging, grdb]),
        tests("ClusterTests", ["Core", "Client"]),
        tests("MLRuntimeTests", ["Core", "MLRuntime"]),
        tests("BenchmarkTests", ["Benchmark", "WireProtocol", protobuf, nio("NIOCore")]),
        tests("CommandTests", ["hfs", "Core", logging]),
        tests("TidyTests", []),
    ]
)
