import Foundation

/// What the beam meets at one place of the shoulder.
struct Shoulder {
    let point: Point

    init(at point: Point) { self.point = point }

    /// How much is absorbed: 0 in air, about 0.35 in soft tissue, up to 1 in metal.
    var absorbed: Double {
        let tissue = softTissue
        let bone = bones * (0.3 + 0.7 * min(tissue * 3, 1))
        let sum = tissue + bone
        let metal = metalDistance
        // A processed radiograph is edge-enhanced: a faint dark seam lies around metal.
        let seam = metal > 0 ? 0.05 * exp(-metal / 1.2) : 0
        let metalShare = Outline.covered(metal, width: 0.45)
        let metalValue = 0.985 - 0.035 * exp(metal / 2.5)
        let marker = Outline.covered(sideMarkerDistance, width: 0.4)
        let body = (sum - seam) * (1 - metalShare) + metalValue * metalShare
        return body * (1 - marker) + 0.97 * marker
    }
}

extension Shoulder {
    /// Skin, fat, muscle and lung.
    private var softTissue: Double {
        let depth = -skinDistance
        guard depth > -1 else { return 0.004 }
        // Thickness of a rounded body: rises quickly behind the skin, then slowly.
        let inside = max(depth, 0)
        let skin = 0.05 * Outline.covered(abs(depth - 0.8) - 0.9, width: 1.4)
        let fat = 0.15 * (1 - exp(-inside / 7))
        let muscleDepth = max(inside - 7 - 2.5 * Texture.smooth(point, size: 28, seed: 11), 0)
        let muscle = 0.27 * (1 - exp(-muscleDepth / 16))
        let streaks =
            0.012 * Texture.smooth(fibre, size: 3.5, seed: 21) + 0.016
            * Texture.smooth(point, size: 17, seed: 22)
        let lung = Outline.covered(lungDistance, width: 14)
        let vessels =
            0.02 * max(Texture.smooth(point, size: 5, seed: 31), 0) + 0.015
            * Texture.smooth(point, size: 11, seed: 32)
        let chest = 0.06 * Outline.covered(Outline.ellipse(point, -10, 200, 95, 150), width: 60)
        let solid = skin + fat + (muscle + chest) * (1 + 0.9 * streaks) + streaks * min(inside / 12, 1)
        return solid * (1 - 0.52 * lung) + vessels * lung
    }

    /// Across the fibres of deltoid and pectoral muscles, which run from the shoulder's top down and outwards.
    private var fibre: Point {
        Point(x: point.x * 0.94 - point.y * 0.34, y: (point.y * 0.94 + point.x * 0.34) * 0.18)
    }

    private var skinDistance: Double {
        let chest = Outline.ellipse(point, 5, 215, 116, 168)
        let neck = Outline.rod(point, Point(x: -38, y: -30), Point(x: 20, y: 70), 48, 44)
        let shoulder = Outline.ellipse(point, 122, 108, 62, 66, turned: 0.25)
        let arm = Outline.rod(point, Point(x: 143, y: 125), Point(x: 163, y: 290), 42, 36)
        let upper = Outline.joined(Outline.joined(chest, neck, radius: 30), shoulder, radius: 34)
        return Outline.joined(upper, arm, radius: 18) + 0.8 * Texture.smooth(point, size: 40, seed: 41)
    }

    private var lungDistance: Double { Outline.ellipse(point, -4, 226, 76, 138, turned: -0.06) }
}

extension Shoulder {
    /// The implant: a spherical head on the cut, a collar, and a stem that tapers down the shaft.
    private var metalDistance: Double {
        let neck = Point(x: -0.77, y: -0.638)
        let onCut = point - Point(x: 137, y: 109)
        let sphere = (point - Point(x: 139.5, y: 112)).length - 24.5
        let head = max(sphere, -(onCut.dot(neck) - 1.2))
        let taper = Outline.rod(point, Point(x: 136, y: 108), Point(x: 142, y: 116), 6, 6.5)
        let body = Outline.rod(point, Point(x: 143, y: 118), Point(x: 148, y: 158), 10.5, 6.6)
        let stem = Outline.rod(point, Point(x: 148, y: 158), Point(x: 154.5, y: 222), 6.6, 4)
        let fin = Outline.rod(point, Point(x: 150, y: 112), Point(x: 149, y: 140), 4, 3)
        let whole = Outline.joined(Outline.joined(body, stem, radius: 4), fin, radius: 4)
        let holes = (point - Point(x: 151.5, y: 118)).length - 1.3
        return min(head, max(Outline.joined(taper, whole, radius: 3), -holes))
    }

    /// The technician's lead letter: an L, since the shoulder is the left one.
    private var sideMarkerDistance: Double {
        let stroke = Outline.rod(point, Point(x: 184, y: 18), Point(x: 184, y: 32), 1.5, 1.5)
        let foot = Outline.rod(point, Point(x: 184, y: 32), Point(x: 192, y: 32), 1.5, 1.5)
        return min(stroke, foot)
    }
}
