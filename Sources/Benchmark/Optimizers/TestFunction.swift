import Core
import Glibc
import MLRuntime

/// Functions with a known minimum by which optimizers are compared.
enum TestFunction: String, CaseIterable {
    case branin, hartmann6

    /// The smallest value there is.
    var minimum: Double {
        switch self {
        case .branin: 0.39788735772973816
        case .hartmann6: -3.322368011415515
        }
    }

    var space: SearchSpace {
        get throws(HFSError) {
            switch self {
            case .branin: try SpaceParser.parse(["x0=double:-5..10", "x1=double:0..15"])
            case .hartmann6: try SpaceParser.parse((0..<6).map { "x\($0)=double:0..1" })
            }
        }
    }

    func value(_ parameters: [String: ParameterValue]) -> Double {
        let x = (0..<parameters.count).map { index -> Double in
            guard case .number(let number)? = parameters["x\(index)"] else { return .nan }
            return number
        }
        switch self {
        case .branin:
            let square = x[1] - 5.1 / (4 * Double.pi * Double.pi) * x[0] * x[0] + 5 / Double.pi * x[0] - 6
            return square * square + 10 * (1 - 1 / (8 * Double.pi)) * cos(x[0]) + 10
        case .hartmann6:
            return -zip(Self.weights, zip(Self.widths, Self.centres)).reduce(0) { sum, term in
                let exponent = x.indices.reduce(0.0) { inner, index in
                    let distance = x[index] - term.1.1[index]
                    return inner + term.1.0[index] * distance * distance
                }
                return sum + term.0 * exp(-exponent)
            }
        }
    }

    private static let weights = [1.0, 1.2, 3.0, 3.2]
    private static let widths: [[Double]] = [
        [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
    ]
    private static let centres: [[Double]] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ]
}
