/// Fair queueing between callers: whose instance is claimed when.
///
/// Start-time fair queueing (Goyal, Vin, Cheng 1996) with every instance at the same cost. Each instance gets a turn when
/// it is kept, and claims go by turn. A caller's turns follow one another, and begin where the claims are now: ten
/// thousand images of one caller have ten thousand turns, the single image of another gets the next one.
enum FairTurn {
    /// The turn of a caller's next instance.
    ///
    /// - Parameters:
    ///   - callerLast: the turn of the caller's last instance; `nil` if there is none.
    ///   - claimed: the largest turn that was claimed so far.
    static func next(callerLast: Int64?, claimed: Int64) -> Int64 {
        max(callerLast ?? 0, claimed) + 1
    }
}
