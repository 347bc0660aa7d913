extension Dataset {
    /// How many frames the image has: 1 where the object does not say, 0 where what it says is no number.
    ///
    /// An object without pixel data has a count as well; ``frame(at:)`` says that there is no image.
    package var frameCount: Int { (try? PixelDescription.frameCount(in: self)) ?? 0 }

    /// Whether there is pixel data of any kind in the object itself (icons do not count).
    package var hasPixelData: Bool { !pixelData.isEmpty }

    /// Decodes one frame; frames are counted from 0, and no other is decoded.
    ///
    /// Throws `.absent` if there is no image or no such frame, `.badData` naming the attribute if the pixel
    /// data or its description is broken, `.unsupported` for codings without a decoder, `.limit` for absurd
    /// sizes. A frame that comes back is whole: nothing was filled in for what is missing.
    package func frame(at frameIndex: Int) throws(DicomError) -> Frame {
        let description = try PixelDescription(self)
        guard (0..<description.frameCount).contains(frameIndex) else {
            throw .absent(
                .numberOfFrames, "is \(description.frameCount): there is no frame \(frameIndex + 1)")
        }
        if transferSyntax.isEncapsulated {
            return try EncapsulatedFrame(self, description).frame(at: frameIndex)
        }
        guard description.element.encapsulated == nil else {
            throw .badData(description.element.tag, "is in fragments, which \(transferSyntax) has not")
        }
        return try NativeFrame(self, description).frame(at: frameIndex)
    }
}
