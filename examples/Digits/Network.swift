/// A network with one hidden layer, or none, trained by gradient descent: plain arrays of Float, nothing else.
struct Network {
    let inputs: Int
    /// 0: the outputs are linear in the inputs.
    let hidden: Int
    static let outputs = 10

    /// Weights into the hidden layer, its biases, weights out of it, their biases.
    var weights: [Float]

    init(inputs: Int, hidden: Int, seed: UInt32) {
        self.inputs = inputs
        self.hidden = hidden
        let before = hidden == 0 ? inputs : hidden
        weights = [Float](repeating: 0, count: inputs * hidden + hidden + before * Self.outputs + Self.outputs)
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func draw(_ scale: Float) -> Float {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return (Float(state >> 40) / Float(1 << 24) * 2 - 1) * scale
        }
        for index in 0..<inputs * hidden { weights[index] = draw(1 / Float(inputs).squareRoot()) }
        for index in 0..<before * Self.outputs {
            weights[inputs * hidden + hidden + index] = draw(1 / Float(before).squareRoot())
        }
    }

    /// The weights as bytes, and back.
    var bytes: [UInt8] {
        get { weights.withUnsafeBytes { Array($0) } }
        set {
            precondition(newValue.count == weights.count * MemoryLayout<Float>.size)
            weights.withUnsafeMutableBytes { $0.copyBytes(from: newValue) }
        }
    }

    /// The gradient of the mean loss over some rows.
    func gradient(_ data: Digits.Data, rows: Range<Int>) -> [Float] {
        var gradient = [Float](repeating: 0, count: weights.count)
        var layers = Layers(self)
        for row in rows {
            layers.forward(self, data, row)
            layers.backward(self, data, row, into: &gradient)
        }
        let scale = 1 / Float(max(rows.count, 1))
        for index in gradient.indices { gradient[index] *= scale }
        return gradient
    }

    /// Rows whose digit has the highest score.
    func rightCount(_ data: Digits.Data, rows: Range<Int>) -> Int {
        var layers = Layers(self)
        return rows.count { row in
            layers.forward(self, data, row)
            let scores = layers.scores
            return scores.indices.max { scores[$0] < scores[$1] } == data.labels[row]
        }
    }
}
