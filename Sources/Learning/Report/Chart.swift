internal import Foundation

/// Charts as SVG markup, for pages that stand alone.
package enum Chart {
    static let blue = "#2f6db5"
    private static let grey = "#9aa3b2"
    private static let red = "#c0392b"

    /// Horizontal bars with their numbers.
    package static func bars(_ entries: [(name: String, value: Int)], title: String) -> String {
        let (left, right, step) = (170.0, 330.0, 24.0)
        let largest = Double(max(entries.map(\.value).max() ?? 1, 1))
        let lines = entries.enumerated().map { index, entry in
            let y = 34 + Double(index) * step
            let width = Double(entry.value) / largest * right
            return
                "<text x=\"\(left - 8)\" y=\"\(y + 13)\" text-anchor=\"end\">\(HTMLPage.escaped(short(entry.name)))</text>"
                + "<rect x=\"\(left)\" y=\"\(y)\" width=\"\(number(width))\" height=\"17\" fill=\"\(blue)\"/>"
                + "<text x=\"\(number(left + width + 6))\" y=\"\(y + 13)\">\(entry.value)</text>"
        }
        return svg(width: 560, height: 44 + Double(entries.count) * step, title: title, lines.joined())
    }

    /// A confusion matrix: rows the truth, columns the answer; the darker, the larger the part of the row.
    package static func matrix(_ matrix: ConfusionMatrix, labels: [String], title: String) -> String {
        let (left, top, cell) = (130.0, 70.0, labels.count > 12 ? 34.0 : 62.0)
        var marks = "<text x=\"\(left)\" y=\"44\" fill=\"\(grey)\">answer →</text>"
        for (row, counts) in matrix.counts.enumerated() {
            let support = Double(max(counts.reduce(0, +), 1))
            let y = top + Double(row) * cell
            marks +=
                "<text x=\"\(left - 8)\" y=\"\(y + cell / 2 + 4)\" text-anchor=\"end\">\(HTMLPage.escaped(short(labels[row])))</text>"
            marks +=
                "<text x=\"\(number(left + (Double(row) + 0.5) * cell))\" y=\"\(top - 8)\" text-anchor=\"middle\">\(HTMLPage.escaped(short(labels[row], 9)))</text>"
            for (column, count) in counts.enumerated() {
                let share = Double(count) / support
                let x = left + Double(column) * cell
                let color = count == 0 ? grey : row == column ? blue : red
                marks +=
                    "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(cell - 2)\" height=\"\(cell - 2)\" fill=\"\(color)\" fill-opacity=\"\(number(0.06 + 0.84 * share))\"/>"
                let ink = share > 0.55 ? " style=\"fill:#fff\"" : ""
                marks +=
                    "<text x=\"\(x + cell / 2 - 1)\" y=\"\(y + cell / 2 + 4)\" text-anchor=\"middle\"\(ink)>\(count)</text>"
            }
        }
        let extent = Double(labels.count) * cell
        return svg(width: left + extent + 10, height: top + extent + 10, title: title, marks)
    }

    /// What abstaining buys: accuracy of the answered images over the part that is answered.
    package static func coverage(
        _ curve: CoverageCurve, chosen: (coverage: Double, accuracy: Double)?, title: String
    )
        -> String
    {
        let floor = max(0, ((curve.points.map(\.accuracy).min() ?? 0) * 10 - 0.5).rounded(.down) / 10)
        let plot = Plot(yRange: floor...1, xLabel: "part answered", yLabel: "accuracy of it")
        let points = curve.points.map { plot.point($0.coverage, $0.accuracy) }.joined(separator: " ")
        var marks =
            plot.axes + "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(blue)\" stroke-width=\"2\"/>"
        if let chosen {
            let place = plot.place(chosen.coverage, chosen.accuracy)
            marks += "<circle cx=\"\(number(place.x))\" cy=\"\(number(place.y))\" r=\"5\" fill=\"\(red)\"/>"
        }
        return svg(width: Plot.width, height: Plot.height, title: title, marks)
    }

    /// Accuracy over confidence; on the diagonal the probabilities can be taken at their word.
    package static func reliability(_ calibration: Calibration, title: String) -> String {
        let plot = Plot(yRange: 0...1, xLabel: "largest probability", yLabel: "part that is right")
        var marks = plot.axes
        let largest = Double(max(calibration.bins.map(\.count).max() ?? 1, 1))
        marks +=
            "<polyline points=\"\(plot.point(0, 0)) \(plot.point(1, 1))\" fill=\"none\" stroke=\"\(grey)\" stroke-dasharray=\"4 4\"/>"
        for bin in calibration.bins where bin.count > 0 {
            let place = plot.place(bin.confidence, bin.accuracy)
            let radius = 3 + 7 * (Double(bin.count) / largest).squareRoot()
            marks +=
                "<circle cx=\"\(number(place.x))\" cy=\"\(number(place.y))\" r=\"\(number(radius))\" fill=\"\(blue)\" fill-opacity=\"0.7\"><title>\(bin.count) images</title></circle>"
        }
        return svg(width: Plot.width, height: Plot.height, title: title, marks)
    }

    static func svg(width: Double, height: Double, title: String, _ content: String) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"\(number(width))\" height=\"\(number(height))\">"
            + "<title>\(HTMLPage.escaped(title))</title><text x=\"8\" y=\"18\" style=\"font-weight:600\">\(HTMLPage.escaped(title))</text>"
            + content + "</svg>"
    }

    static func short(_ text: String, _ count: Int = 22) -> String {
        text.count > count ? text.prefix(count - 1) + "…" : text
    }

    static func number(_ value: Double) -> String { String(format: "%.2f", value) }
}

/// A frame with two axes; x is 0 to 1.
struct Plot {
    static let width = 420.0
    static let height = 320.0
    let yRange: ClosedRange<Double>
    let xLabel: String
    let yLabel: String

    private var inner: (left: Double, top: Double, width: Double, height: Double) { (52, 34, 350, 236) }

    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let share = (y - yRange.lowerBound) / max(yRange.upperBound - yRange.lowerBound, 1e-9)
        return (inner.left + x * inner.width, inner.top + (1 - share) * inner.height)
    }

    func point(_ x: Double, _ y: Double) -> String {
        let place = place(x, y)
        return "\(Chart.number(place.x)),\(Chart.number(place.y))"
    }

    var axes: String {
        var marks = ""
        for tick in 0...5 {
            let share = Double(tick) / 5
            let y = yRange.lowerBound + share * (yRange.upperBound - yRange.lowerBound)
            let (left, bottom) = (place(0, y), place(share, yRange.lowerBound))
            marks +=
                "<line x1=\"\(inner.left)\" x2=\"\(inner.left + inner.width)\" y1=\"\(Chart.number(left.y))\" y2=\"\(Chart.number(left.y))\" stroke=\"#e4e7ec\"/>"
                + "<text x=\"\(inner.left - 6)\" y=\"\(Chart.number(left.y + 4))\" text-anchor=\"end\">\(Chart.number(y))</text>"
                + "<text x=\"\(Chart.number(bottom.x))\" y=\"\(Chart.number(bottom.y + 16))\" text-anchor=\"middle\">\(Chart.number(share))</text>"
        }
        return marks
            + "<text x=\"\(inner.left + inner.width / 2)\" y=\"\(Plot.height - 8)\" text-anchor=\"middle\">\(xLabel)</text>"
            + "<text transform=\"translate(13 \(inner.top + inner.height / 2)) rotate(-90)\" text-anchor=\"middle\">\(yLabel)</text>"
    }
}
