package import NIOHTTP1

/// What an admin page answers.
package struct AdminResponse: Sendable {
    package var status: HTTPResponseStatus
    package var contentType: String
    package var body: [UInt8]

    package init(status: HTTPResponseStatus = .ok, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Plain text, UTF-8.
    package static func text(_ text: String, status: HTTPResponseStatus = .ok) -> AdminResponse {
        AdminResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// Text that is JSON already.
    package static func json(_ text: String, status: HTTPResponseStatus = .ok) -> AdminResponse {
        AdminResponse(status: status, contentType: "application/json", body: Array(text.utf8))
    }

    /// The request makes no sense.
    package static func refused(_ text: String) -> AdminResponse { .text(text, status: .badRequest) }

    /// The page cannot be made.
    package static func failed(_ text: String) -> AdminResponse { .text(text, status: .internalServerError) }

    /// A health page: 200, or 503 for those who look at the status alone.
    package static func health(_ text: String, isHealthy: Bool) -> AdminResponse {
        .text(text, status: isHealthy ? .ok : .serviceUnavailable)
    }

    /// A health page whose text is JSON already.
    package static func health(json text: String, isHealthy: Bool) -> AdminResponse {
        .json(text, status: isHealthy ? .ok : .serviceUnavailable)
    }

    /// All figures of a registry in Prometheus's text format.
    package static func metrics(_ text: String) -> AdminResponse {
        AdminResponse(contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
    }
}
