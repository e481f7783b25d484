import Core
import Testing
import Transport

@testable import NameNode

@Suite struct QueryPlacesTests {
    @Test func placesAreBoundedForAConnectionAndForAllAndGivenBackWhenLetGoOf() throws {
        let places = QueryPlaces(totalMax: 3, perConnectionMax: 2)
        let (first, second) = (RPCConnectionID(1), RPCConnectionID(2))
        var held = [try places.enter(first), try places.enter(first)]
        #expect(#expect(throws: HFSError.self) { _ = try places.enter(first) }?.code == .retriable)
        held.append(try places.enter(second))
        #expect(#expect(throws: HFSError.self) { _ = try places.enter(second) }?.code == .retriable)
        held.removeFirst()
        held.append(try places.enter(second))
        #expect(#expect(throws: HFSError.self) { _ = try places.enter(first) }?.code == .retriable)
        held.removeAll()
        held = [try places.enter(first), try places.enter(first), try places.enter(second)]
    }
}
