internal import CKernels

/// What the process holds in memory.
package enum ResidentMemory {
    /// Gives back what only starting and loading needed: freed heap, and pages of code and constants that nobody has
    /// written to. What is used again comes back page by page from the system's cache.
    ///
    /// For a program that has started and will now serve for long.
    package static func giveBackWhatStartingTook() { ck_give_back_pages() }
}
