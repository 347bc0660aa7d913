internal import CDCMTK

/// The version of the DCMTK that this program was built with, such as "3.6.7".
package func dcmtkVersion() -> String {
    // A static string of the bridge, never NULL.
    unsafe String(cString: cdcmtk_version())
}
