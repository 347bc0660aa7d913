import EfficientNet
import Foundation
import Tensor
import Testing

@Suite struct ReferenceLogitsTests {
    @Test func timm() throws {
        for name in ["b0", "b1", "b4"] {
            let dir = "/tmp/ref"
            let file = try SafetensorsFile(path: "\(dir)/timm-\(name).safetensors")
            let architecture = try #require(Architecture(named: name))
            let settings = try NetworkSettings(
                architecture: architecture, side: architecture.defaultSide, padding: .symmetric,
                batchNormEpsilon: 1e-5, classCount: 1000)
            let network = try Network(source: file, settings: settings, threadCount: 2)
            let input = try NumpyFile(path: "\(dir)/input-\(name).npy")
            let expected = try NumpyFile(path: "\(dir)/logits-timm-\(name).npy")
            let mean: [Float] = [0.485, 0.456, 0.406]
            let sd: [Float] = [0.229, 0.224, 0.225]
            var x = input.values
            for i in x.indices { x[i] = (x[i] / 255 - mean[i % 3]) / sd[i % 3] }
            let clock = ContinuousClock()
            let t = clock.now
            let logits = network.logits(x)
            print(name, (clock.now - t) / 4)
            let worst = zip(logits, expected.values).map { abs($0 - $1) }.max() ?? .infinity
            let largest = expected.values.map(abs).max() ?? 0
            print(worst, largest, worst / largest)
        }
    }
}
