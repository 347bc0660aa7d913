import Classification
import Learning
import Testing

/// Images with two correlated features and one that never changes.
private func rows(_ count: Int, seed: UInt64 = 1) -> [[Float]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
        let shared = generator.normal()
        return [
            Float(10 + 2 * shared), Float(-5 + 0.5 * (0.9 * shared + 0.44 * generator.normal())), 7,
        ]
    }
}

struct FamiliarityFitTests {
    @Test func trainingImagesAreAboutOneAwayPerFeature() throws {
        let images = rows(400)
        let fitted = try FamiliarityFit.statistics(of: images)
        let squares = images.map { row in
            let distance = fitted.distance(of: row)
            return distance * distance * 3
        }
        // Two features vary; shrinking makes their shares a little smaller or larger than one each.
        let mean = squares.reduce(0, +) / 400
        #expect((1.5...2.5).contains(mean), "\(mean)")
    }

    @Test func againstTheCorrelationIsFartherThanAlongIt() throws {
        let fitted = try FamiliarityFit.statistics(of: rows(400))
        #expect(
            fitted.distance(of: [14, -6, 7] as [Float]) > 2 * fitted.distance(of: [14, -4, 7] as [Float]))
    }

    @Test func aFeatureThatNeverChangedIsNotDividedByNothing() throws {
        let fitted = try FamiliarityFit.statistics(of: rows(50))
        let distance = fitted.distance(of: [10, -5, 8] as [Float])
        #expect(distance.isFinite && distance > 10)
    }

    @Test func oneImageSaysNothing() {
        #expect(throws: LearningError.self) { try FamiliarityFit.statistics(of: rows(1)) }
    }

    @Test func noImageVouchesForItself() throws {
        var images = rows(60)
        images.append([30, 30, 7])
        let own = try FamiliarityFit.statistics(of: images).distance(of: images[60])
        let crossed = try FamiliarityFit.crossFittedDistances(
            of: images, groups: Groups(count: 61), seed: 1)
        #expect(crossed[60] > 2 * own)
        #expect(
            crossed
                == (try FamiliarityFit.crossFittedDistances(
                    of: images, groups: Groups(count: 61), seed: 1)))
    }

    @Test func theDistanceKeepsItsPromiseOnFurtherImages() throws {
        let fitted = try FamiliarityFit.statistics(of: rows(300))
        let distanceMax = FamiliarityFit.distanceMax(
            of: rows(300, seed: 2).map { fitted.distance(of: $0) })
        let beyond = rows(2000, seed: 3).count { fitted.distance(of: $0) > distanceMax }
        #expect((30...190).contains(beyond), "\(beyond) of 2000; 100 are expected")
    }

    @Test func withFewImagesTheLargestDistanceIsTaken() {
        #expect(FamiliarityFit.distanceMax(of: [1, 3, 2]) == 3)
        #expect(FamiliarityFit.distanceMax(of: (1...19).map(Double.init)) == 19)
        #expect(FamiliarityFit.distanceMax(of: (1...39).map(Double.init)) == 38)
    }
}
