import Dicom
import Testing

@Suite struct StorageClassTests {
    @Test func everyUIDIsThereOnceBelowTheRootOfStorage() {
        #expect(Set(StorageClass.all.map(\.uid)).count == StorageClass.all.count)
        for storage in StorageClass.all {
            #expect(storage.uid.text.hasPrefix("1.2.840.10008.5.1.4.1.1."))
            #expect(StorageClass(uid: storage.uid) == storage)
        }
    }

    @Test(arguments: [
        ("1.2.840.10008.5.1.4.1.1.1.1", StorageClass.Kind.image),
        ("1.2.840.10008.5.1.4.1.1.1.1.1", .imageForProcessing), ("1.2.840.10008.5.1.4.1.1.7", .image),
        ("1.2.840.10008.5.1.4.1.1.88.34", .other), ("1.2.840.10008.5.1.4.1.1.481.2", .other),
    ])
    func kindsAreTold(uid: String, kind: StorageClass.Kind) {
        #expect(UID(uid).flatMap { StorageClass(uid: $0) }?.kind == kind)
    }

    @Test func unknownClassesHaveNoKind() {
        #expect(StorageClass(uid: UID(literal: "1.2.3")) == nil)
    }
}
