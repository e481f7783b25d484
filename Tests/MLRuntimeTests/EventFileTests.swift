import Core
import Testing

@testable import MLRuntime

@Suite("TensorBoard's event files")
struct EventFileTests {
    @Test("a file that begins with our version record is byte for byte what TensorBoard's own writer makes of it")
    func version() {
        // tensorboard 2.21.0, RecordWriter over Event(wall_time=1.5, file_version="brain.Event:2").
        #expect(
            EventFile.version(timeMs: 1500)
                == Self.bytes("1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c"))
    }

    @Test("a scalar too")
    func scalar() {
        // RecordWriter over Event(wall_time=2, step=7, summary={value: {tag: "loss", simple_value: 0.25}}).
        #expect(
            EventFile.scalar("loss", 0.25, step: 7, timeMs: 2000)
                == Self.bytes(
                    "1a00000000000000129bd82d09000000000000004010072a0d0a0b0a046c6f7373150000803e9332"
                        + "4efe"))
    }

    @Test("numbers are varints of seven bits, the lowest first; messages carry their length")
    func messages() {
        var writer = MessageWriter()
        writer.int(1, 300)
        writer.message(2) { $0.text(1, "a") }
        writer.int(3, -1)
        #expect(writer.bytes == [8, 0xac, 2, 0x12, 3, 10, 1, 97, 24] + [UInt8](repeating: 0xff, count: 9) + [1])
    }

    @Test("names sort by time and hold what TensorBoard looks for")
    func name() {
        let name = EventFile.name(timeMs: 1_700_000_000_123, host: "node1", suffix: "3.1")
        #expect(name == "events.out.tfevents.1700000000.node1.3.1")
        #expect(EventFile.name(timeMs: 5000, host: "h", suffix: "0") == "events.out.tfevents.0000000005.h.0")
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        var digits = Array(hex)[...]
        var bytes: [UInt8] = []
        while digits.count >= 2 {
            bytes.append(UInt8(String(digits.prefix(2)), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return bytes
    }
}
