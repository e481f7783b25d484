import SwiftProtobuf

/// Generated messages, under a name that does not collide with anything of Testing.
typealias SwiftProtobufMessage = SwiftProtobuf.Message
