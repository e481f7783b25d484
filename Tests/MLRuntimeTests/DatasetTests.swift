import Core
import Testing

@testable import MLRuntime

@Suite("Training datasets")
struct DatasetTests {
    static func rows(_ text: String) throws -> [[String]] {
        var reader = CSVReader(Array(text.utf8))
        var rows: [[String]] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    @Test("CSV is read as RFC 4180 has it, with either end of a line")
    func reading() throws {
        #expect(try Self.rows("") == [])
        #expect(try Self.rows("a,b\n1,2\n") == [["a", "b"], ["1", "2"]])
        #expect(try Self.rows("a,b\r\n\r\n1,2") == [["a", "b"], ["1", "2"]])
        #expect(try Self.rows("a,,\n") == [["a", "", ""]])
        #expect(
            try Self.rows("\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\nb,c,d") == [
                ["a,b", "say \"x\"", "two\nlines"], ["b", "c", "d"],
            ])
        #expect(try Self.rows("\"\",a\r\n") == [["", "a"]])
        #expect(try Self.rows("a\rb,c\n") == [["a\rb", "c"]])
    }

    @Test(
        "a quote without its end, or with something behind it, is refused with its line",
        arguments: [
            ("a\n\"b", "Line 2"), ("a\nb\n\"c\"d\n", "Line 3"),
        ])
    func badQuotes(_ text: String, _ line: String) throws {
        let error = try #require(throws: HFSError.self) { try Self.rows(text) }
        #expect(error.code == .invalidArgument && error.message.contains(line))
    }

    @Test("what is written is read again", arguments: 0..<20)
    func roundTrip(_ seed: Int) throws {
        var random = RandomGenerator(seed: 5, index: seed)
        let pieces = ["a", ",", "\"", "\n", "\r", "\r\n", "é", " ", ""]
        let rows = (0..<10).map { _ in
            // A row of one empty field is an empty line.
            ["x"] + (0..<3).map { _ in (0..<random.below(4)).map { _ in pieces[random.below(pieces.count)] }.joined() }
        }
        #expect(try Self.rows(String(decoding: rows.flatMap { CSVWriter.line($0) }, as: UTF8.self)) == rows)
    }

    static func dataset(_ parts: [Int]) -> TrainingDataset {
        let schema = DatasetSchema(
            columns: [
                .init(name: "x", type: .number), .init(name: "y", type: .number), .init(name: "label", type: .text),
            ],
            parts: parts.enumerated().map { .init(file: "part-\($0.offset).csv", rows: $0.element) })
        return TrainingDataset(path: "/d/1", schema: schema)
    }

    static func table(
        _ dataset: TrainingDataset, columns: [String]? = nil, omitting: Set<String> = [],
        shard: TrainingDataset.Shard = .init(0, of: 1)
    ) throws -> DatasetTable {
        var builder = try DatasetBuilder(dataset, columns: columns, omitting: omitting, shard: shard)
        var row = 0
        for part in dataset.schema.parts {
            var text = "x,y,label\n"
            for _ in 0..<part.rows {
                text += "\(row),\(row * 10),r\(row)\n"
                row += 1
            }
            try builder.add(Array(text.utf8), of: part)
        }
        return builder.table
    }

    @Test("columns come in the order that was asked for, without those that are left out")
    func columns() throws {
        let dataset = Self.dataset([2, 1])
        let all = try Self.table(dataset)
        #expect(all.columns == ["x", "y", "label"] && all.count == 3)
        #expect(try all.texts("label") == ["r0", "r1", "r2"])
        #expect(try all.matrix(["y", "x"]) == [0, 0, 10, 1, 20, 2])
        let some = try Self.table(dataset, columns: ["y", "x"], omitting: ["x"])
        #expect(some.columns == ["y"])
        #expect(try some.numbers("y") == [0, 10, 20])
        #expect(throws: HFSError.self) { try some.numbers("x") }
        #expect(throws: HFSError.self) { try all.numbers("label") }
        #expect(throws: HFSError.self) { try Self.table(dataset, columns: ["z"]) }
    }

    @Test("each row belongs to one shard", arguments: 1..<5)
    func shards(_ count: Int) throws {
        let dataset = Self.dataset([3, 4, 1])
        let shards = try (0..<count).map { index in
            try Self.table(dataset, columns: ["x"], shard: .init(index, of: count)).numbers("x")
        }
        #expect(shards.flatMap { $0 }.sorted() == (0..<8).map(Double.init))
        #expect(shards.allSatisfy { $0.count >= 8 / count })
    }

    @Test(
        "files that are not what the schema says are damage",
        arguments: [
            "x,y\n1,2\n", "x,y,label\n1,2\n", "x,y,label\n", "x,y,label\na,2,r\n", "x,y,label\n1,2,r\n3,4,r\n", "",
        ])
    func damage(_ text: String) throws {
        let dataset = Self.dataset([1])
        var builder = try DatasetBuilder(dataset, columns: nil, omitting: [], shard: .init(0, of: 1))
        let error = try #require(throws: HFSError.self) {
            try builder.add(Array(text.utf8), of: dataset.schema.parts[0])
        }
        #expect(error.code == .corruptMetadata)
    }
}
