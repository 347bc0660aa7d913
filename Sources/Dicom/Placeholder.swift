internal import CDCMTK
package func dcmtkVersion() -> String { unsafe String(cString: cdcmtk_version()) }
