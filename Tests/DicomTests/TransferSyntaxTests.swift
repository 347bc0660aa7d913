import Dicom
import Testing

@Suite struct TransferSyntaxTests {
    @Test func everyUIDIsThereOnce() {
        #expect(Set(TransferSyntax.all.map(\.uid)).count == TransferSyntax.all.count)
        for syntax in TransferSyntax.all { #expect(TransferSyntax(uid: syntax.uid) == syntax) }
        #expect(TransferSyntax(uid: UID(literal: "1.2.3")) == nil)
    }

    @Test func onlyFourAreNotEncapsulated() {
        let native = TransferSyntax.all.filter { !$0.isEncapsulated }
        #expect(
            native == [
                .implicitLittleEndian, .explicitLittleEndian, .deflatedExplicitLittleEndian,
                .explicitBigEndian,
            ])
    }

    @Test func videoPartTwoAndJPEGXLAreKnownAndNotDecodable() {
        for number in [92, 93, 94, 100, 102, 107, 110, 112, 204] {
            let syntax = UID("1.2.840.10008.1.2.4.\(number)").flatMap { TransferSyntax(uid: $0) }
            #expect(syntax?.isDecodable == false)
            #expect(syntax.map { StoreProviderSettings.decodableTransferSyntaxes.contains($0.uid) } == false)
        }
    }

    @Test func lossySyntaxesPermitLossAndLosslessOnesDoNot() {
        func permitsLoss(_ number: Int) -> Bool? {
            UID("1.2.840.10008.1.2.4.\(number)").flatMap { TransferSyntax(uid: $0) }?.permitsLoss
        }
        for number in [50, 51, 81, 91, 112, 203] { #expect(permitsLoss(number) == true) }
        for number in [57, 70, 80, 90, 110, 201, 202] { #expect(permitsLoss(number) == false) }
    }
}
