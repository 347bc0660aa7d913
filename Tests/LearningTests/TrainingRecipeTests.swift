import Foundation
import Learning
import Testing

@Suite struct TrainingRecipeTests {
    private func read(_ text: String) throws -> TrainingRecipe { try TrainingRecipe(json: Array(text.utf8)) }

    @Test func absentKeysKeepTheirDefaults() throws {
        var expected = TrainingRecipe()
        expected.epochs = 3
        expected.optimiser = .momentum
        expected.frozen = ["conv_stem*"]
        expected.augmentation.rotation = 5
        let text =
            #"{"epochs": 3, "optimiser": "momentum", "frozen": ["conv_stem*"], "augmentation": {"rotation": 5}}"#
        #expect(try read(text) == expected)
        #expect(try read("{}") == TrainingRecipe())
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var recipe = TrainingRecipe()
        (recipe.bodyRate, recipe.seed, recipe.selection) = (0.1 + 0.2, .max, .best)
        #expect(try read(recipe.json) == recipe)
    }

    /// State folders and training records of before there were these keys name recipes by this text.
    @Test func aRecipeWithoutMixupAndRefitReadsAndWritesAsItAlwaysDid() throws {
        #expect(!TrainingRecipe().json.contains("mixup") && !TrainingRecipe().json.contains("refit"))
        #expect(try read(#"{"mixup": 0, "refit": false}"#) == TrainingRecipe())
        let recipe = try read(#"{"mixup": 0.2, "refit": true}"#)
        #expect(recipe.mixup == 0.2 && recipe.refit == true)
        #expect(try read(recipe.json) == recipe)
    }

    @Test(arguments: [
        (#"{"epoch": 3}"#, "the key epoch is unknown"),
        (#"{"augmentation": {"tilt": 1}}"#, "the key augmentation.tilt is unknown"),
        (#"{"augmentation": 3}"#, "augmentation is not an object"),
        (#"{"epochs": "many"}"#, "epochs is of the wrong type"), (#"{"epochs": 0}"#, "epochs is 0"),
        (#"{"optimiser": "adam"}"#, "optimiser"), (#"{"architecture": "b9"}"#, "b0 to b7"),
        (#"{"side": 20}"#, "side is 20"), (#"{"bodyRate": 0}"#, "bodyRate is 0"),
        (#"{"dropout": 1}"#, "dropout is 1"), (#"{"averageDecay": 1}"#, "averageDecay is 1"),
        (#"{"mixup": 1.5}"#, "mixup is 1.5"), (#"{"mixup": -0.1}"#, "mixup is -0.1"),
        (#"{"validationFraction": 0.6}"#, "0.6"),
        (#"{"refit": true, "selection": "best"}"#, "refit"), (#"{"refit": true, "patience": 3}"#, "refit"),
        (#"{"refit": true, "validationFraction": 0}"#, "refit"),
        (#"{"augmentation": {"rotation": 400}}"#, "rotation is 400"),
        (#"{"batchStatisticsFrom": "blocks.9"}"#, "batchStatisticsFrom is \"blocks.9\""),
        ("[1]", "not a JSON object"), ("{", "not JSON"),
    ])
    func aKeyThatIsWrongIsNamed(_ text: String, _ reason: String) throws {
        let error = #expect(throws: LearningError.self) { try read(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func namesMatchWithStars() {
        var recipe = TrainingRecipe()
        recipe.frozen = ["conv_stem.weight", "blocks.0.*", "*.bn2.*", "*se.*bias"]
        for name in [
            "conv_stem.weight", "blocks.0.1.bn1.bias", "blocks.3.1.bn2.weight",
            "blocks.1.0.se.conv_reduce.bias",
        ] { #expect(recipe.isFrozen(name), "\(name)") }
        for name in [
            "conv_stem", "blocks.1.0.conv_dw.weight", "bn2.weight", "blocks.1.0.se.conv_reduce.weight",
        ] {
            #expect(!recipe.isFrozen(name), "\(name)")
        }
    }

    @Test func theRateRisesAndFallsAsACosine() {
        let schedule = RateSchedule(stepCount: 110, warmUp: 10.0 / 110, finalRate: 0.1)
        #expect(schedule.warmUpCount == 10)
        #expect(schedule.factor(step: 0) == 0.1 && schedule.factor(step: 9) == 1)
        #expect(schedule.factor(step: 10) == 1)
        #expect(abs(schedule.factor(step: 60) - 0.55) < 1e-12)
        #expect(schedule.factor(step: 109) < 0.1005 && schedule.factor(step: 109) >= 0.1)
        for step in 10..<109 { #expect(schedule.factor(step: step) > schedule.factor(step: step + 1)) }
        #expect(RateSchedule(stepCount: 1, warmUp: 0, finalRate: 0).factor(step: 0) == 1)
    }
}
