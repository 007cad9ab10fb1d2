"""From files, frames, arrays and streams to batches of numbers: reading, choosing, encoding, splitting, scaling."""
