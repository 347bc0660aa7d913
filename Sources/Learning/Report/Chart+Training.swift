extension Chart {
    /// A method's accuracy with its interval.
    package struct Accuracy: Sendable {
        let name: String
        let value, low, high: Double

        /// An accuracy as given.
        package init(name: String, value: Double, low: Double, high: Double) {
            self.name = name
            self.value = value
            self.low = low
            self.high = high
        }
    }

    /// Dots with whiskers on a scale of 0 to 1, one row a method.
    package static func accuracies(_ entries: [Accuracy], title: String) -> String {
        let (left, width, step) = (290.0, 330.0, 26.0)
        let bottom = 34 + Double(entries.count) * step
        func x(_ value: Double) -> Double { left + value * width }
        var marks = (0...5).map { tick in
            let value = Double(tick) / 5
            return
                "<line x1=\"\(number(x(value)))\" x2=\"\(number(x(value)))\" y1=\"30\" y2=\"\(bottom)\" stroke=\"#e4e7ec\"/>"
                + "<text x=\"\(number(x(value)))\" y=\"\(bottom + 16)\" text-anchor=\"middle\">\(number(value))</text>"
        }.joined()
        for (index, entry) in entries.enumerated() {
            let y = 44 + Double(index) * step
            marks +=
                "<text x=\"\(left - 10)\" y=\"\(y + 4)\" text-anchor=\"end\">\(HTMLPage.escaped(short(entry.name, 44)))</text>"
                + "<line x1=\"\(number(x(entry.low)))\" x2=\"\(number(x(entry.high)))\" y1=\"\(y)\" y2=\"\(y)\" stroke=\"\(blue)\" stroke-width=\"2\"/>"
                + "<circle cx=\"\(number(x(entry.value)))\" cy=\"\(y)\" r=\"5\" fill=\"\(blue)\"/>"
                + "<text x=\"\(number(x(entry.high) + 8))\" y=\"\(y + 4)\">\(number(entry.value))</text>"
        }
        return svg(width: 700, height: bottom + 26, title: title, marks)
    }

    /// The validation loss of each fold over its epochs.
    package static func history(_ folds: [[EpochRecord]], title: String) -> String {
        let losses = folds.map { $0.compactMap(\.validationLoss) }.filter { !$0.isEmpty }
        let largest = losses.joined().max() ?? 1
        let plot = Plot(
            yRange: 0...max((largest * 10).rounded(.up) / 10, 0.1), xLabel: "part of the epochs",
            yLabel: "loss")
        let lines = losses.map { values in
            let points = values.enumerated().map { index, loss in
                plot.point(Double(index + 1) / Double(values.count), loss)
            }.joined(separator: " ")
            return
                "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(blue)\" stroke-opacity=\"0.55\" stroke-width=\"1.5\"/>"
        }
        return svg(width: Plot.width, height: Plot.height, title: title, plot.axes + lines.joined())
    }
}
