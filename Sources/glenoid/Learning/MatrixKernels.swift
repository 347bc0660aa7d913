// Which kernels OpenBLAS multiplies with: it looks at the environment only while the program is loaded.
internal import Foundation
internal import Tensor

enum MatrixKernels {
    /// Starts the program anew in this process, with the environment that makes OpenBLAS take kernels for this CPU. Returns where its
    /// own choice stands, where the user has chosen, or where the program cannot be started: slower, but right.
    static func chooseByRestarting() {
        guard ProcessInfo.processInfo.environment[MatrixProduct.environmentKey] == nil,
            let name = MatrixProduct.betterKernelName(than: MatrixProduct.kernelName, for: .best)
        else { return }
        unsafe setenv(MatrixProduct.environmentKey, name, 1)
        // By its own path: after an execution of /proc/self/exe the process would be called "exe".
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        unsafe execv(program, CommandLine.unsafeArgv)
        complain("OpenBLAS does not know this CPU; \(MatrixProduct.environmentKey)=\(name) makes it faster")
    }
}
