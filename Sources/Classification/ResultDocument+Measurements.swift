internal import Dicom
internal import Foundation

/// What the report says about one image.
extension ResultDocument {
    /// TID 1501: whose finding it is, how it was reached, the probabilities, the answer and the sentence.
    func measurementGroup(of result: ImageResult) -> ContentItem {
        ContentItem(
            .contains, ReportConcept.measurementGroup, .container(templateIdentifier: "1501"),
            children: subject(of: result) + algorithm(of: result) + probabilities(of: result)
                + answer(of: result))
    }

    /// A probability in percent, as a decimal string that a NUM can hold.
    ///
    /// One decimal as a rule. A probability that this would round to nothing or to certainty gets more, up to four: a
    /// reader must not take 99.97 for certain.
    static func percent(_ probability: Double) -> String {
        let percent = probability * 100
        for decimals in 1...4 {
            let text = String(format: "%.\(decimals)f", percent)
            let rounded = Double(text) ?? percent
            if rounded > 0 && rounded < 100 { return text }
        }
        return probability < 0.5 ? "0.0" : "100.0"
    }

    private func subject(of result: ImageResult) -> [ContentItem] {
        [
            ContentItem(
                .hasObservationContext, ReportConcept.trackingIdentifier,
                .text(trackingIdentifier(of: result))),
            ContentItem(
                .hasObservationContext, ReportConcept.trackingUniqueIdentifier, .uid(trackingUID(of: result))),
            ContentItem(.contains, ReportConcept.finding, .code(settings.finding)),
        ] + site(of: result)
    }

    private func trackingIdentifier(of result: ImageResult) -> String {
        let name = "\(settings.finding.meaning) in image \(result.sopInstanceUID)"
        guard let numbers = result.frameNumbers else { return name }
        let list = numbers.map(String.init).joined(separator: ", ")
        return name + (numbers.count == 1 ? " frame \(list)" : " frames \(list)")
    }

    /// Finding Site, with the side below it only where the image names one: it is never guessed.
    private func site(of result: ImageResult) -> [ContentItem] {
        guard let site = settings.findingSite else { return [] }
        let side = ReportConcept.side(result.laterality).map {
            ContentItem(.hasConceptModifier, ReportConcept.laterality, .code($0))
        }
        return [
            ContentItem(
                .hasConceptModifier, ReportConcept.findingSite, .code(site), children: side.map { [$0] } ?? []
            )
        ]
    }

    /// TID 4019, Algorithm Identification.
    private func algorithm(of result: ImageResult) -> [ContentItem] {
        let parameters = ["Model SHA-256: \(model.weights.sha256)"] + result.steps
        let texts =
            [(ReportConcept.algorithmName, model.name), (ReportConcept.algorithmVersion, model.version)]
            + parameters.filter { !$0.isEmpty }.map { (ReportConcept.algorithmParameters, $0) }
        return texts.map { ContentItem(.hasConceptModifier, $0.0, .text($0.1)) } + [
            ContentItem(
                .hasConceptModifier, ReportConcept.algorithmFamily,
                .code(ReportConcept.artificialIntelligence))
        ]
    }

    private func probabilities(of result: ImageResult) -> [ContentItem] {
        zip(model.labels, result.prediction.probabilities).map { label, probability in
            ContentItem(
                .contains, ReportConcept.probability,
                .number(Self.percent(probability), unit: ReportConcept.percent),
                children: [ContentItem(.hasConceptModifier, settings.concept, .code(label.code))])
        }
    }

    private func answer(of result: ImageResult) -> [ContentItem] {
        let code = result.prediction.answerIndex.map { model.labels[$0].code } ?? model.undetermined
        return [
            ContentItem(
                .contains, ReportConcept.sourceOfMeasurement,
                .image(
                    sopClassUID: result.sopClassUID, sopInstanceUID: result.sopInstanceUID,
                    frameNumbers: result.frameNumbers ?? [])),
            ContentItem(.contains, settings.concept, .code(code)),
            ContentItem(.contains, ReportConcept.conclusion, .text(conclusion(of: result.prediction))),
        ]
    }

    /// The sentence that people read, such as "AI, unverified: implant manufacturer Zimmer (93.4 %)".
    func conclusion(of prediction: Prediction) -> String {
        guard let index = prediction.answerIndex else {
            let reason = prediction.abstention.map { ": \($0)" } ?? ""
            return "AI, unverified: \(settings.conclusion) undetermined\(reason)"
        }
        let percent = Self.percent(prediction.probabilities[index])
        return "AI, unverified: \(settings.conclusion) \(model.labels[index].code.meaning) (\(percent) %)"
    }
}
