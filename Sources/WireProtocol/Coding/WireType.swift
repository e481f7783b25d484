/// How a protobuf field is laid out. Groups (3 and 4) are obsolete and refused.
package enum WireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}
