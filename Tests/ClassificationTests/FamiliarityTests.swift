import Classification
import Foundation
import Testing

struct FamiliarityTests {
    /// Two features with correlation 0.6: C = [1 0.6; 0.6 1] = L Lᵀ with L = [1; 0.6 0.8].
    private let correlated = Familiarity(mean: [1, 10], deviation: [2, 5], factor: [1, 0.6, 0.8])

    @Test func distanceFollowsTheCorrelation() {
        #expect(correlated.distance(of: [1, 10] as [Float]) == 0)
        // z = (1, 1) goes with the correlation, z = (1, −1) against it: zᵀ C⁻¹ z is 1.25 and 5.
        #expect(abs(correlated.distance(of: [3, 15] as [Float]) - (1.25 / 2).squareRoot()) < 1e-6)
        #expect(abs(correlated.distance(of: [3, 5] as [Float]) - (5.0 / 2).squareRoot()) < 1e-6)
    }

    @Test func whatIsWrittenIsWhatIsRead() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/familiarity.safetensors"
        try correlated.write(to: path)
        #expect(try Familiarity(path: path, featureCount: 2) == correlated)
    }

    @Test func statisticsOfAnotherNetworkAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/familiarity.safetensors"
        try correlated.write(to: path)
        let error = #expect(throws: ModelBundleError.self) { try Familiarity(path: path, featureCount: 3) }
        #expect(error?.description.contains("3 features") == true)
    }

    @Test(arguments: [
        Familiarity(mean: [.nan], deviation: [1], factor: [1]),
        Familiarity(mean: [0], deviation: [0], factor: [1]),
        Familiarity(mean: [0], deviation: [1], factor: [0]),
        Familiarity(mean: [0], deviation: [1], factor: [.infinity]),
    ])
    func numbersThatMakeNoDistanceAreRefused(statistics: Familiarity) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/familiarity.safetensors"
        try statistics.write(to: path)
        #expect(throws: ModelBundleError.self) { try Familiarity(path: path, featureCount: 1) }
    }

    @Test func aFileThatIsAbsentOrDamagedIsNamed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 2, 3], to: "familiarity.safetensors")
        for file in [path, folder.path + "/nowhere"] {
            let error = #expect(throws: ModelBundleError.self) {
                try Familiarity(path: file, featureCount: 1)
            }
            #expect(error?.description.contains(file) == true)
        }
    }
}

struct ViewSettingsTests {
    /// Pixels whose three channels are 0…8, 100…108 and 200…208.
    private let pixels = (0..<9).flatMap { [Float($0), Float($0) + 100, Float($0) + 200] }

    @Test func theImageAsItIsComesFirstAndOnlyOnce() {
        #expect(ViewSettings.plain.all == [View(isMirrored: false, zoom: 1)])
        #expect(
            ViewSettings(mirrored: true, zooms: [1.2, 1]).all == [
                View(isMirrored: false, zoom: 1), View(isMirrored: false, zoom: 1.2),
                View(isMirrored: true, zoom: 1), View(isMirrored: true, zoom: 1.2),
            ])
    }

    @Test func theMirrorExchangesColumnsAndKeepsChannels() {
        let mirrored = View(isMirrored: true, zoom: 1).applied(to: pixels, side: 3)
        #expect(mirrored[0..<6].elementsEqual([2, 102, 202, 1, 101, 201]))
        #expect(View(isMirrored: true, zoom: 1).applied(to: mirrored, side: 3) == pixels)
    }

    @Test func zoomKeepsTheMiddleAndCutsTheBorder() {
        let zoomed = View(isMirrored: false, zoom: 2).applied(to: pixels, side: 3)
        #expect(zoomed[4 * 3] == 4)
        // The corner lies half a pixel from the middle in both directions: the mean of 0, 1, 3 and 4.
        #expect(abs(zoomed[0] - 2) < 1e-5)
    }
}
