// swift-tools-version: 6.2
// The rooms of docs/ARCHITECTURE.md as targets. A room may import only rooms of a lower level:
// Tests/TidyTests holds the table.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// Optimised in debug builds too: a decoder or a kernel at -O0 makes every test run minutes longer.
// Nobody reads errno after a square root, and a loop that has to set it stays scalar.
let optimisedC: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=fast", "-fno-math-errno"])]
let optimisedCXX: [CXXSetting] = [.unsafeFlags(["-O2"])]

func linked(_ names: [String]) -> [LinkerSetting] { names.map { .linkedLibrary($0) } }

let package = Package(
    name: "glenoid",
    products: [.executable(name: "glenoid", targets: ["glenoid"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // System libraries: one module map each, nothing else.
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CXGBoost", pkgConfig: "xgboost", providers: [.apt(["libxgboost-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),

        // Level 0
        .target(
            name: "CDCMTK",
            cxxSettings: optimisedCXX,
            linkerSettings: linked([
                "cmr", "dcmsr", "dcmnet", "dcmjpeg", "dcmimage", "dcmimgle", "dcmdata",
                "ijg8", "ijg12", "ijg16", "oflog", "ofstd", "crypto", "openjp2", "z", "stdc++",
            ])),
        .target(name: "CKernels", cSettings: optimisedC),
        .target(name: "Locks", swiftSettings: strict),

        // Level 1
        .target(name: "Dicom", dependencies: ["CDCMTK", "CCrypto"], swiftSettings: strict),
        .target(name: "Tensor", dependencies: ["CKernels", "COpenBLAS", "Locks"], swiftSettings: strict),
        .target(
            name: "WorkQueue", dependencies: ["Locks", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),

        // Level 2
        .target(
            name: "EfficientNet", dependencies: ["Locks", "Tensor", "CHDF5", "CZip"], swiftSettings: strict),

        // Level 3
        .target(
            name: "Classification", dependencies: ["Dicom", "EfficientNet", "Tensor", "CJPEG", "CPNG"],
            swiftSettings: strict),

        // Level 4
        .target(
            name: "Learning", dependencies: ["Classification", "EfficientNet", "Tensor", "CXGBoost"],
            swiftSettings: strict),
        .target(
            name: "Daemon",
            dependencies: [
                "Classification", "Dicom", "Locks", "WorkQueue", "Yams", "CSystemd",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // Level 5
        .executableTarget(
            name: "glenoid",
            dependencies: [
                "Daemon", "Learning", "Classification", "EfficientNet", "Dicom", "WorkQueue",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests: one target a room, and the program as its users run it.
        .testTarget(name: "TidyTests", swiftSettings: strict),
        // Encoders for fixtures that no command of Debian's makes.
        .target(name: "CEncoders", path: "Tests/CEncoders", linkerSettings: linked(["openjp2"])),
        // What tests of several rooms push: exact bytes from a scripted peer, and the corpus.
        .target(name: "TestMaterial", path: "Tests/TestMaterial", swiftSettings: strict),
        .testTarget(
            name: "DicomTests", dependencies: ["Dicom", "CEncoders", "Locks", "TestMaterial"],
            swiftSettings: strict),
        // Counts a thread's allocations.
        .target(name: "AllocationCount", path: "Tests/AllocationCount"),
        // The list that every table of kernels must pass, in C so that it also runs under qemu (make test-neon).
        .target(
            name: "KernelTwins", dependencies: ["CKernels"], path: "Tests/KernelTwins",
            exclude: ["main.c", "run-neon"]),
        .testTarget(
            name: "TensorTests", dependencies: ["Tensor", "KernelTwins", "Locks"], swiftSettings: strict),
        .testTarget(
            name: "WorkQueueTests",
            dependencies: ["WorkQueue", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(
            name: "EfficientNetTests", dependencies: ["EfficientNet", "Tensor", "AllocationCount"],
            exclude: ["Fixtures"],  // read from their place in the source
            swiftSettings: strict),
        .testTarget(
            name: "ClassificationTests", dependencies: ["Classification", "Dicom", "EfficientNet", "Tensor"],
            swiftSettings: strict),
        .testTarget(
            name: "LearningTests",
            dependencies: ["Learning", "Classification", "Dicom", "EfficientNet", "Tensor"],
            exclude: ["Fixtures"],  // read from their place in the source
            swiftSettings: strict),
        .testTarget(
            name: "DaemonTests",
            dependencies: ["Daemon", "Classification", "Locks", "WorkQueue", "Dicom", "TestMaterial"],
            swiftSettings: strict),
        .testTarget(
            name: "GlenoidTests", dependencies: ["glenoid", "WorkQueue", "TestMaterial"],
            swiftSettings: strict),
    ],
    cLanguageStandard: .c17,
    cxxLanguageStandard: .cxx17
)
