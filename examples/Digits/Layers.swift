import Glibc

/// What one row makes of a network's layers.
struct Layers {
    private(set) var hidden: [Float]
    private(set) var scores: [Float]

    init(_ network: Network) {
        hidden = [Float](repeating: 0, count: network.hidden)
        scores = [Float](repeating: 0, count: Network.outputs)
    }

    /// tanh in the hidden layer, softmax at the end.
    mutating func forward(_ network: Network, _ data: Digits.Data, _ row: Int) {
        let (inputs, width) = (network.inputs, network.hidden)
        let out = inputs * width + width
        let before = width == 0 ? inputs : width
        for unit in 0..<width {
            var sum = network.weights[inputs * width + unit]
            for input in 0..<inputs {
                sum += network.weights[unit * inputs + input] * data.pixels[row * inputs + input]
            }
            hidden[unit] = tanhf(sum)
        }
        for digit in 0..<Network.outputs {
            var sum = network.weights[out + before * Network.outputs + digit]
            for unit in 0..<before {
                let value = width == 0 ? data.pixels[row * inputs + unit] : hidden[unit]
                sum += network.weights[out + digit * before + unit] * value
            }
            scores[digit] = sum
        }
        let largest = scores.max() ?? 0
        var total: Float = 0
        for digit in scores.indices {
            scores[digit] = expf(scores[digit] - largest)
            total += scores[digit]
        }
        for digit in scores.indices { scores[digit] /= total }
    }

    /// Adds the row's gradient; `forward` has been called for it.
    func backward(_ network: Network, _ data: Digits.Data, _ row: Int, into gradient: inout [Float]) {
        let (inputs, width) = (network.inputs, network.hidden)
        let out = inputs * width + width
        let before = width == 0 ? inputs : width
        for digit in 0..<Network.outputs {
            let error = scores[digit] - (digit == data.labels[row] ? 1 : 0)
            gradient[out + before * Network.outputs + digit] += error
            for unit in 0..<before {
                let value = width == 0 ? data.pixels[row * inputs + unit] : hidden[unit]
                gradient[out + digit * before + unit] += error * value
            }
        }
        for unit in 0..<width {
            var error: Float = 0
            for digit in 0..<Network.outputs {
                error +=
                    (scores[digit] - (digit == data.labels[row] ? 1 : 0)) * network.weights[out + digit * before + unit]
            }
            error *= 1 - hidden[unit] * hidden[unit]
            gradient[inputs * width + unit] += error
            for input in 0..<inputs { gradient[unit * inputs + input] += error * data.pixels[row * inputs + input] }
        }
    }
}
