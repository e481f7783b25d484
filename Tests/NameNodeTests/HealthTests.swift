import Core
import MetaStore
import Testing
import Transport

@testable import NameNode

@Suite struct HealthTests {
    private func page(_ ns: TestNamespace, _ health: EngineHealth) -> (text: String, isHealthy: Bool) {
        let page = NameNodeHealth.page(ns.namenode, health)
        return (
            String(decoding: page.body, as: UTF8.self),
            page.status == AdminResponse.health("", isHealthy: true).status
        )
    }

    @Test func `the health page says what is wrong with the metadata engine, and its status that something is`()
        async throws
    {
        try await TestNamespace.with { ns in
            let good = page(ns, ns.engine.health)
            #expect(good.isHealthy && good.text.contains(#""status":"ok""#) && good.text.hasSuffix("}\n"))

            var lagging = EngineHealth()
            lagging.isLagGateClosed = true
            lagging.lagEdits = 100_000
            let closed = page(ns, lagging)
            #expect(!closed.isHealthy && closed.text.contains(#""isLagGateClosed":true,"lagEdits":100000"#))
            #expect(closed.text.contains(#""status":"degraded""#))

            var full = EngineHealth()
            full.problems = ["shard 2: no \"room\""]
            #expect(!page(ns, full).isHealthy && page(ns, full).text.contains(#"["shard 2: no \"room\""]"#))

            var failed = EngineHealth()
            failed.failure = HFSError(.io, "the edits log failed")
            #expect(!page(ns, failed).isHealthy && page(ns, failed).text.contains(#""status":"failed""#))
            #expect(page(ns, failed).text.contains("the edits log failed"))
        }
    }
}
