import Foundation

/// A place in the image, in millimetres.
struct Point {
    var x: Double
    var y: Double

    static func - (left: Point, right: Point) -> Point { Point(x: left.x - right.x, y: left.y - right.y) }

    var length: Double { (x * x + y * y).squareRoot() }

    func dot(_ other: Point) -> Double { x * other.x + y * other.y }
}

/// Signed distances to simple outlines in millimetres: negative inside.
enum Outline {
    /// Distance to an ellipse, exact on its outline and near enough beside it.
    static func ellipse(
        _ point: Point, _ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double, turned: Double = 0
    )
        -> Double
    {
        let (sine, cosine) = (sin(turned), cos(turned))
        let from = point - Point(x: x, y: y)
        let local = Point(
            x: (from.x * cosine + from.y * sine) / radiusX, y: (from.y * cosine - from.x * sine) / radiusY)
        let length = local.length
        return length < 1e-6
            ? -min(radiusX, radiusY)
            : (length - 1) * length
                / Point(x: local.x / radiusX, y: local.y / radiusY).length
    }

    /// Distance to a rod from `start` to `end` whose radius changes along it.
    static func rod(_ point: Point, _ start: Point, _ end: Point, _ startRadius: Double, _ endRadius: Double)
        -> Double
    {
        let (axis, from) = (end - start, point - start)
        let along = min(max(from.dot(axis) / axis.dot(axis), 0), 1)
        let nearest = Point(x: start.x + along * axis.x, y: start.y + along * axis.y)
        return (point - nearest).length - (startRadius + along * (endRadius - startRadius))
    }

    /// Distance to a triangle, clockwise as seen, its corners rounded by `radius`.
    static func triangle(_ point: Point, _ one: Point, _ two: Point, _ three: Point, radius: Double) -> Double
    {
        let sides = [(one, two), (two, three), (three, one)].map { start, end in
            let side = end - start
            return (point - start).dot(Point(x: side.y, y: -side.x)) / side.length
        }
        let corner = -joined(-sides[0], -sides[1], radius: radius)
        return -joined(-corner, -sides[2], radius: radius)
    }

    /// The union of two outlines, its corner rounded by about `radius`.
    static func joined(_ one: Double, _ two: Double, radius: Double) -> Double {
        let mix = min(max(0.5 + 0.5 * (two - one) / radius, 0), 1)
        return two + (one - two) * mix - radius * mix * (1 - mix)
    }

    /// 1 inside, 0 outside, with a penumbra of `width` about the outline.
    static func covered(_ distance: Double, width: Double = 0.5) -> Double {
        let place = min(max(0.5 - distance / width, 0), 1)
        return place * place * (3 - 2 * place)
    }
}
