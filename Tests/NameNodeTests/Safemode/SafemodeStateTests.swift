import Testing

@testable import NameNode

@Suite struct SafemodeStateTests {
    private typealias Progress = SafemodeState.Progress

    private func expect(
        leaves: Bool, _ state: inout SafemodeState, _ progress: Progress, at nowMs: Int64, extensionMs: Int64 = 0
    ) {
        let left = state.update(progress, nowMs: nowMs, nodeWaitMs: 10_000, extensionMs: extensionMs)
        #expect(left == leaves, "at \(nowMs) ms")
    }

    @Test("It stays on until the engine told what it holds, and a namespace without blocks leaves at once")
    func fresh() {
        var state = SafemodeState(startedMs: 0)
        expect(leaves: false, &state, Progress(complete: 3), at: 0)
        state.loaded(hasBlocks: false, nodeCount: 0)
        expect(leaves: true, &state, Progress(), at: 0)
        #expect(!state.isOn)
    }

    @Test("Without blocks but with live runs it waits for the datanodes that may know what they read, for a while")
    func awaitsReads() {
        var state = SafemodeState(startedMs: 0)
        state.loaded(hasBlocks: false, awaitsReads: true, nodeCount: 2)
        expect(leaves: false, &state, Progress(missing: 2), at: 0)
        expect(leaves: false, &state, Progress(complete: 1, reporting: 1), at: 100)
        var other = state
        expect(leaves: true, &state, Progress(complete: 2), at: 200)
        expect(leaves: false, &other, Progress(missing: 2), at: 9999)
        expect(leaves: true, &other, Progress(missing: 2), at: 10_000)
        var alone = SafemodeState(startedMs: 0)
        alone.loaded(hasBlocks: false, awaitsReads: true, nodeCount: 0)
        expect(leaves: true, &alone, Progress(), at: 0)
    }

    @Test("It leaves when every remembered datanode has reported")
    func allReported() {
        var state = SafemodeState(startedMs: 0)
        state.loaded(hasBlocks: true, nodeCount: 3)
        expect(leaves: false, &state, Progress(missing: 3), at: 100)
        expect(leaves: false, &state, Progress(complete: 2, missing: 1), at: 200)
        expect(leaves: false, &state, Progress(complete: 2, reporting: 1), at: 300)
        expect(leaves: true, &state, Progress(complete: 3), at: 400)
        #expect(!state.isOn)
    }

    @Test("A node that stays away is waited for, then the others decide")
    func missing() {
        var state = SafemodeState(startedMs: 0)
        state.loaded(hasBlocks: true, nodeCount: 3)
        expect(leaves: false, &state, Progress(complete: 2, missing: 1), at: 9999)
        expect(leaves: false, &state, Progress(complete: 1, reporting: 1, missing: 1), at: 10_000)
        expect(leaves: true, &state, Progress(complete: 2, missing: 1), at: 10_000)
    }

    @Test("When no node is known by name, the first ones to come do not decide at once")
    func nobodyKnown() {
        var state = SafemodeState(startedMs: 0)
        state.loaded(hasBlocks: true, nodeCount: 0)
        expect(leaves: false, &state, Progress(complete: 1), at: 9999)
        expect(leaves: true, &state, Progress(complete: 3), at: 10_000)
    }

    @Test("Without any datanode it stays on, however long")
    func nobody() {
        var state = SafemodeState(startedMs: 0)
        state.loaded(hasBlocks: true, nodeCount: 3)
        expect(leaves: false, &state, Progress(missing: 3), at: 3_600_000)
        expect(leaves: false, &state, Progress(), at: 3_600_000)
    }

    @Test("The extension runs from the moment the condition is met, and starts anew when it breaks")
    func extended() {
        var state = SafemodeState(startedMs: 0)
        state.loaded(hasBlocks: true, nodeCount: 3)
        expect(leaves: false, &state, Progress(complete: 1), at: 100, extensionMs: 50)
        expect(leaves: false, &state, Progress(reporting: 1), at: 120, extensionMs: 50)
        expect(leaves: false, &state, Progress(complete: 1), at: 140, extensionMs: 50)
        expect(leaves: false, &state, Progress(complete: 1), at: 189, extensionMs: 50)
        expect(leaves: true, &state, Progress(complete: 1), at: 190, extensionMs: 50)
    }

    @Test("Turned on by hand it stays on until turned off by hand")
    func manual() {
        var state = SafemodeState(startedMs: 0)
        state.loaded(hasBlocks: false, nodeCount: 0)
        state.enter()
        expect(leaves: false, &state, Progress(complete: 3), at: 100_000)
        #expect(state.isOn && state.reason(Progress()) == "It was turned on manually.")
        state.leave()
        #expect(!state.isOn)
    }
}
