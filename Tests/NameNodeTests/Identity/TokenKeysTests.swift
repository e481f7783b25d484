import Core
import MetaStore
import Testing
import WireProtocol

@testable import NameNode

@Suite("Master keys of tokens")
struct TokenKeysTests {
    static let alice = TestNamespace.user("alice")
    private let dayMs = Limits.tokenKeyIntervalMs

    private func issue(_ ns: TestNamespace) async throws -> DelegationToken {
        let body = try await ns.run(
            IssueToken(caller: Self.alice, issuer: try ns.namenode.writer.identities.issuer(), renewer: "alice"))
        guard case .token(let token) = body else { throw HFSError(.io, "answered \(body)") }
        return token
    }

    private func keyID(_ token: DelegationToken) throws -> UInt32 {
        try DelegationTokenIdentifier(bytes: token.identifier).keyID
    }

    @Test("a new key comes every day; a token holds with the key that made it, over restarts, until its own end")
    func rolled() async throws {
        let folder = try TemporaryDirectory()
        var tokens: [DelegationToken] = []
        var secrets: Set<[UInt8]> = []
        var startMs: Int64 = 0
        for day in 0..<10 {
            try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
                startMs = day == 0 ? ns.clock.nowMs : startMs
                ns.clock.advance(byMs: startMs + Int64(day) * dayMs - ns.clock.nowMs)
                ns.namenode.tick()
                try await ns.settle()
                let identities = ns.namenode.writer.identities
                tokens.append(try await issue(ns))
                #expect(try keyID(tokens[day]) == UInt32(day + 1))
                secrets.insert(try identities.issuer().key)
                // A token lives seven days at most; its key is kept that long, and the day in which it was the newest.
                for (made, token) in tokens.enumerated() {
                    let isKept = made + 9 > day
                    #expect((try? identities.number(of: token)) == (isKept ? UInt32(made + 1) : nil), "day \(day)")
                    let number = UInt32(made + 1)
                    if made == day { _ = try await ns.run(RenewToken(caller: Self.alice, number: number)) }
                }
            }
        }
        #expect(secrets.count == 10)
    }

    @Test("between rolls nothing changes, and two rolls at once make one key")
    func once() async throws {
        try await TestNamespace.with { ns in
            ns.clock.advance(byMs: dayMs - 1)
            ns.namenode.tick()
            try await ns.settle()
            #expect(try ns.namenode.writer.identities.issuer().keyID == 1)
            ns.clock.advance(byMs: 1)
            for _ in 0..<3 { ns.namenode.tick() }
            try await ns.settle()
            #expect(try ns.namenode.writer.identities.issuer().keyID == 2)
        }
    }

    @Test("a token authenticates with the key that made it, and a password of another key is none")
    func authentication() async throws {
        try await TestNamespace.with { ns in
            let identities = ns.namenode.writer.identities
            let old = try await issue(ns)
            ns.clock.advance(byMs: dayMs / 2)
            _ = try await ns.run(RenewToken(caller: Self.alice, number: 1))
            ns.clock.advance(byMs: dayMs / 2)
            ns.namenode.tick()
            try await ns.settle()
            #expect(try identities.identity(tokenIdentifier: old.identifier).password == old.password)
            let other = try identities.issuer().password(old.identifier)
            #expect(throws: HFSError.self) {
                try identities.number(of: DelegationToken(identifier: old.identifier, password: other))
            }
        }
    }

    @Test("rows of the first version are read: one key of unknown age, followed at once; tokens that it made")
    func firstVersion() throws {
        let secret = [UInt8](repeating: 7, count: TokenIssuer.keyBytes)
        var keys = RowWriter(version: 1)
        keys.unsigned(1)
        keys.blob(secret)
        let read = try TokenKeysRow(image: keys.bytes).keys
        #expect(read.current == TokenIssuer(keyID: 1, key: secret) && read.isDue(nowMs: 1 << 40))
        let rolled = read.rolled(secret: [UInt8](repeating: 8, count: 32), nowMs: 1 << 40)
        #expect(rolled.keys.map(\.issuer.keyID) == [1, 2])
        #expect(try TokenKeysRow(image: TokenKeysRow(rolled).image).keys == rolled)

        let row = TokenRow(
            owner: "a", renewer: "b", issuedMs: 5, keyID: 3, run: RunID(9), ancestors: [RunID(8), RunID(7)])
        #expect(try TokenRow(image: row.image) == row)
        var token = RowWriter(version: 1)
        for text in ["a", "b"] { token.string(text) }
        for number in [row.issuedMs, row.maxMs, row.lifetimeMs, row.expiresMs] { token.signed(number) }
        token.unsigned(9)
        token.unsigned(8)
        var expected = row
        (expected.keyID, expected.ancestors) = (1, [RunID(8)])
        #expect(try TokenRow(image: token.bytes) == expected)
    }
}
