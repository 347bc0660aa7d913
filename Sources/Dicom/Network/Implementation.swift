/// How this program names itself to peers and in file meta information (PS3.7 D.3.3.2, PS3.10 7.1).
package enum Implementation {
    /// Implementation Class UID; the same for every version of the program.
    package static let classUID = UID(literal: "2.25.269179761713014405854363449811783977345")
    /// Implementation Version Name: at most 16 characters.
    package static let versionName = "GLENOID_1"
}
