import Core
import Testing

@testable import MLRuntime

@Suite("Resources")
struct ResourceTests {
    static let capacity = AgentCapacity(
        slots: 4, cpus: 8, memoryBytes: 32 << 30, gpus: ["0", "1", "GPU-x"], address: "127.0.0.1")

    @Test("a program's devices are its alone until they are given back")
    func devices() throws {
        var ledger = ResourceLedger(Self.capacity)
        guard let two = ledger.take(try Resources(gpus: 2)), let one = ledger.take(try Resources(gpus: 1)) else {
            Issue.record("there is room")
            return
        }
        #expect(two.environment == ["CUDA_VISIBLE_DEVICES": "0,1"])
        #expect(one.gpus == ["GPU-x"])
        let more = ledger.take(try Resources(gpus: 1))
        #expect(more == nil)
        // One that asked for none sees none.
        let none = ledger.take(.none)
        #expect(none?.environment == ["CUDA_VISIBLE_DEVICES": ""])
        ledger.giveBack(two)
        let again = ledger.take(try Resources(gpus: 1))
        #expect(again?.gpus == ["0"])
    }

    @Test("slots, CPUs and memory are counted, and all come back")
    func counts() throws {
        let start = ResourceLedger(Self.capacity)
        #expect(start.count(of: .none, atMost: 100) == 4)
        #expect(try start.count(of: Resources(cpus: 3), atMost: 100) == 2)
        #expect(try start.count(of: Resources(memoryBytes: 16 << 30), atMost: 100) == 2)
        #expect(try start.count(of: Resources(gpus: 1), atMost: 2) == 2)
        var ledger = start
        var grants: [ResourceLedger.Grant] = []
        while let grant = ledger.take(try Resources(gpus: 1, cpus: 1, memoryBytes: 1 << 30)) { grants.append(grant) }
        #expect(grants.count == 3)
        for grant in grants.reversed() { ledger.giveBack(grant) }
        #expect(ledger == start)
    }

    @Test("where GPUs are not counted, nobody's are hidden and none can be asked for")
    func uncounted() throws {
        var ledger = ResourceLedger(AgentCapacity(slots: 1, address: "h"))
        let device = ledger.take(try Resources(gpus: 1))
        let none = ledger.take(.none)
        #expect(device == nil && none?.environment == [:])
    }

    @Test("why there is never room is said, and how much all agents have together")
    func lack() throws {
        #expect(try Self.capacity.lack(for: Resources(gpus: 4)) == "4 GPUs, of which it has 3")
        #expect(try Self.capacity.lack(for: Resources(cpus: 9)) == "9 CPUs, of which it has 8")
        #expect(try Self.capacity.lack(for: Resources(gpus: 3, cpus: 8)) == nil)
        let roster = AgentRoster(capacities: [Self.capacity, Self.capacity])
        var settings = try JobSettings(name: "a", project: "p", user: "u", createdMs: 0, command: ["true"])
        settings.workers = 8
        #expect(roster.lack(for: settings) == nil)
        settings.workers = 9
        #expect(roster.lack(for: settings)?.contains("room for 8 of 9") == true)
        settings.resources = try Resources(gpus: 4)
        #expect(roster.lack(for: settings)?.contains("4 GPUs, of which it has 3") == true)
        #expect(AgentRoster(capacities: []).lack(for: settings)?.contains("hfs agent --project p") == true)
    }

    @Test(
        "sizes",
        arguments: [("512", 512), ("1K", 1024), ("1.5g", 3 << 29), ("2T", 2 << 40), ("0", 0)] as [(String, Int64)])
    func sizes(_ text: String, _ bytes: Int64) throws {
        #expect(try Resources.bytes(text) == bytes)
    }

    @Test("no sizes", arguments: ["", "G", "-1", "lots", "1e30", "5X", "nan"])
    func refusedSizes(_ text: String) {
        #expect(throws: HFSError.self) { try Resources.bytes(text) }
    }

    @Test("what nvidia-smi says, and what is no line of it")
    func devicesOfNvidia() {
        let text = "0, GPU-8f1c1c6a\n1, GPU-77aa\nUnable to determine the device handle\n, \n"
        #expect(GPUDiscovery.devices(in: text).map(\.index) == ["0", "1"])
        let devices = GPUDiscovery.devices(in: text)
        #expect(GPUDiscovery.visible(devices, [:]) == ["0", "1"])
        #expect(GPUDiscovery.visible(devices, ["CUDA_VISIBLE_DEVICES": "1"]) == ["1"])
        #expect(GPUDiscovery.visible(devices, ["CUDA_VISIBLE_DEVICES": ""]) == [])
    }

    @Test("devices may be pretended, or none; others must be there")
    func asked() async throws {
        #expect(try await GPUDiscovery.devices("pretend:2", environment: [:]) == ["0", "1"])
        #expect(try await GPUDiscovery.devices("none", environment: [:]) == [])
        for text in ["", "pretend:", "pretend:x", "0,0", "17", "some"] {
            let error = await #expect(throws: HFSError.self) {
                try await GPUDiscovery.devices(text, environment: ["PATH": "/nowhere"])
            }
            #expect(error?.code == .invalidArgument, "\(text)")
        }
    }

    @Test("a port is taken while somebody listens there or is connected from it, not by what has ended")
    func ports() throws {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
               1: 0100007F:1F91 0100007F:0050 01 00000000:00000000
               2: 0100007F:1F92 0100007F:0050 06 00000000:00000000
            """
        #expect((8080...8083).map { HeldPort.isTaken($0, in: table) } == [true, true, false, false])
        let held = try HeldPort()
        let other = try HeldPort()
        #expect(held.number != other.number && held.number > 0)
        held.release()
        held.release()
    }

    @Test("the address is that of the way to the namenode")
    func address() {
        #expect(LocalAddress.towards("hdfs://127.0.0.1:8020") == "127.0.0.1")
        #expect(LocalAddress.towards("hdfs://127.0.0.1:8020,127.0.0.2:8020/x") == "127.0.0.1")
        #expect(LocalAddress.towards("nonsense") == ProcessIdentity.current.host)
    }
}
