extension Shoulder {
    /// How much all bones together absorb.
    var bones: Double {
        1 - [clavicle, scapula, glenoid, humerus].reduce(1 - ribs) { $0 * (1 - $1) }
    }

    /// A bone with a dense rim: `thickness` of cortex around cancellous bone.
    private func bone(
        _ distance: Double, cortex: Double, rim: Double, core: Double, thickness: Double, seed: UInt32
    ) -> Double {
        guard distance < 1 else { return 0 }
        let rough = distance + 0.35 * Texture.smooth(point, size: 4, seed: seed)
        let inner = rough + thickness
        let wall = Outline.covered(rough, width: 1) - 0.75 * Outline.covered(inner, width: cortex)
        let trabeculae =
            1 + 0.16 * Texture.smooth(Point(x: point.x, y: point.y * 0.5), size: 1.3, seed: seed &+ 1)
            + 0.12 * Texture.smooth(point, size: 3.1, seed: seed &+ 2)
        return rim * wall + core * Outline.covered(inner, width: cortex) * trabeculae
    }

    private var clavicle: Double {
        let inner = Outline.rod(point, Point(x: -10, y: 92), Point(x: 52, y: 62), 8, 5.5)
        let outer = Outline.rod(point, Point(x: 52, y: 62), Point(x: 113, y: 56), 5.5, 7)
        return bone(
            Outline.joined(inner, outer, radius: 8), cortex: 2, rim: 0.28, core: 0.15, thickness: 1.8,
            seed: 51)
    }

    private var scapula: Double {
        // Superior angle, the socket's neck and inferior angle; the sides a little hollow.
        let blade = Outline.triangle(
            point, Point(x: 52, y: 84), Point(x: 108, y: 100), Point(x: 66, y: 204), radius: 9)
        let border = Outline.joined(
            Outline.rod(point, Point(x: 98, y: 122), Point(x: 84, y: 158), 4.5, 2.4),
            Outline.rod(point, Point(x: 84, y: 158), Point(x: 69, y: 196), 2.4, 2.2), radius: 3)
        let spine = Outline.rod(point, Point(x: 48, y: 98), Point(x: 118, y: 66), 2.5, 6.5)
        let acromion = Outline.joined(
            spine, Outline.rod(point, Point(x: 116, y: 66), Point(x: 141, y: 74), 7.5, 6), radius: 6)
        let coracoid = Outline.joined(
            Outline.ellipse(point, 97, 90, 8, 6.5, turned: 0.5),
            Outline.rod(point, Point(x: 97, y: 90), Point(x: 107, y: 95), 5, 4),
            radius: 5)
        let parts = [
            bone(blade, cortex: 3, rim: 0.075, core: 0.05, thickness: 1.5, seed: 61),
            bone(border, cortex: 2.5, rim: 0.09, core: 0.08, thickness: 1.4, seed: 64),
            bone(acromion, cortex: 2, rim: 0.17, core: 0.1, thickness: 1.6, seed: 67),
            bone(coracoid, cortex: 2, rim: 0.19, core: 0.08, thickness: 1.8, seed: 70),
        ]
        return 1 - parts.reduce(1) { $0 * (1 - $1) }
    }

    private var glenoid: Double {
        let socket = Outline.ellipse(point, 104, 112, 9, 20, turned: -0.12)
        let neck = Outline.rod(point, Point(x: 80, y: 116), Point(x: 103, y: 112), 6, 17)
        let distance = Outline.joined(socket, neck, radius: 8)
        let cement = [(99.0, 102.0), (98.0, 112.5), (100.0, 123.0)].map { peg in
            0.16
                * Outline.covered(
                    Outline.rod(point, Point(x: peg.0, y: peg.1), Point(x: 109, y: peg.1 - 1), 2, 2.8),
                    width: 1.8)
        }
        return bone(distance, cortex: 2.5, rim: 0.19, core: 0.11, thickness: 2, seed: 73)
            + cement.reduce(0, +)
    }

    private var humerus: Double {
        let shaft = Outline.rod(point, Point(x: 146, y: 140), Point(x: 163, y: 300), 14.5, 12)
        let metaphysis = Outline.ellipse(point, 144, 123, 21, 27, turned: 0.1)
        let tuberosity = Outline.ellipse(point, 156, 110, 12, 17, turned: 0.25)
        let outline = Outline.joined(Outline.joined(shaft, metaphysis, radius: 16), tuberosity, radius: 8)
        // The head was sawn off along the anatomic neck, where the implant's head lies now.
        let cut = (point - Point(x: 137, y: 109)).dot(Point(x: -0.77, y: -0.638))
        return bone(
            max(outline, cut), cortex: 3.5, rim: 0.33, core: 0.15,
            thickness: 3.2 + min(max((point.y - 140) / 30, 0), 1) * 1.4, seed: 76)
    }

    private var ribs: Double {
        let inChest = Outline.covered(Outline.ellipse(point, -2, 226, 88, 146), width: 5)
        let parts = (0..<7).map { number -> Double in
            let low = Double(number) * 26
            // Each rib leaves the spine upwards, bends at the chest's wall and comes forward lower down.
            let back = abs(Outline.ellipse(point, -22, 196 + low, 98, 92, turned: 0.3)) - 4.6
            let front = abs(Outline.ellipse(point, -34, 120 + low * 1.15, 108, 118, turned: -0.42)) - 4
            let upperHalf = Outline.covered(point.y - (150 + low), width: 30)
            return max(
                bone(back, cortex: 2, rim: 0.17, core: 0.085, thickness: 1.3, seed: 80) * upperHalf,
                0.45 * bone(front, cortex: 2, rim: 0.14, core: 0.07, thickness: 1.3, seed: 83)
                    * (1 - upperHalf))
        }
        return inChest * (1 - parts.reduce(1) { $0 * (1 - $1) })
    }
}
