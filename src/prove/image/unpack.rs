//! Layers, unpacked: as they are, gzip or zstd, as their first bytes tell.

use super::walk::malformed;
use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, Read};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// What zstd's skippable frames begin with, but for the lowest four bits of the first byte (RFC 8878, 3.1.2).
const ZSTD_SKIPPABLE: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];
const XZ: [u8; 4] = [0xfd, b'7', b'z', b'X'];
const BZIP2: [u8; 3] = *b"BZh";

/// The bytes of a layer, and whether they were packed.
pub(super) fn unpacked<'a>(mut packed: impl BufRead + 'a) -> io::Result<(Box<dyn Read + 'a>, bool)> {
    let start = packed.fill_buf()?;
    let skippable =
        start.len() > 4 && start[0] & 0xf0 == ZSTD_SKIPPABLE[0] && start[1..4] == ZSTD_SKIPPABLE[1..];
    if start.starts_with(&GZIP) {
        Ok((Box::new(MultiGzDecoder::new(packed)), true))
    } else if start.starts_with(&ZSTD) || skippable {
        Ok((Box::new(Frames { packed, decoder: FrameDecoder::new(), within: false }), true))
    } else if start.starts_with(&XZ) || start.starts_with(&BZIP2) {
        Err(malformed("it is neither a tar archive nor one in gzip or zstd"))
    } else {
        Ok((Box::new(packed), false))
    }
}

/// All frames of a zstd stream, one after the other; the decoder knows only one. Layers that can be fetched in parts have many.
struct Frames<R> {
    packed: R,
    decoder: FrameDecoder,
    /// Whether a frame has begun and is not at its end.
    within: bool,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            if self.within {
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    let decoded =
                        self.decoder.decode_blocks(&mut self.packed, BlockDecodingStrategy::UptoBlocks(1));
                    decoded.map_err(|error| malformed(error.to_string()))?;
                }
                let read = self.decoder.read(buffer)?;
                if read > 0 {
                    return Ok(read);
                }
                self.within = false;
            }
            if self.packed.fill_buf()?.is_empty() {
                break;
            }
            self.begin()?;
        }
        Ok(0)
    }
}

impl<R: BufRead> Frames<R> {
    /// Begins the next frame, or passes over it.
    fn begin(&mut self) -> io::Result<()> {
        match self.decoder.init(&mut self.packed) {
            Ok(()) => self.within = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                let length = u64::from(length);
                if io::copy(&mut self.packed.by_ref().take(length), &mut io::sink())? < length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => return Err(malformed(error.to_string())),
        }
        Ok(())
    }
}
